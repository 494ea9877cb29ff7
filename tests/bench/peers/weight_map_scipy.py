"""One Euclidean distance transform an object, the two smallest kept: the straightforward weight map in SciPy.

Usage: weight_map_scipy.py labels.tif repeats  ->  one JSON line of seconds a repeat
"""
import json
import sys
import time

import numpy as np
import scipy
import tifffile
from scipy.ndimage import distance_transform_edt

labels = tifffile.imread(sys.argv[1])
seconds = []
for _ in range(int(sys.argv[2])):
    started = time.perf_counter()
    d1 = np.full(labels.shape, np.inf)
    d2 = np.full(labels.shape, np.inf)
    for value in np.unique(labels):
        if value == 0:
            continue
        distance = distance_transform_edt(labels != value)
        d2 = np.minimum(d2, np.maximum(d1, distance))
        d1 = np.minimum(d1, distance)
    weights = 10 * np.exp(-((d1 + d2) ** 2) / (2 * 5**2))
    seconds.append(time.perf_counter() - started)
print(json.dumps({"seconds": seconds, "version": "SciPy " + scipy.__version__, "check": float(weights[labels == 0].sum())}))
