/**
 * Every English sentence of the page in one place, ready for translation, and therefore over 400 lines. The accessible names are
 * a contract with tests and scripts.
 */

const plural = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

export const texts = {
  appName: 'Limn',
  menus: {
    file: 'File',
    edit: 'Edit',
    view: 'View',
    run: 'Run',
    help: 'Help',
    import: 'Import images…',
    openProject: 'Open project…',
    newProject: 'New project…',
    saveCopy: 'Save a copy of the project…',
    exportMasks: 'Export masks…',
    undo: 'Undo stroke',
    redo: 'Redo stroke',
    copyToNextZ: 'Copy labels to the next z plane',
    copyToNextT: 'Copy labels to the next frame',
    fit: 'Fit image to window',
    actualSize: 'Actual size (1:1)',
    hidePanels: 'Hide or show panels',
    theme: 'Dark or light theme',
    showAllObjects: 'Show all objects again',
    allImages: 'All images: predict and export many…',
    train: 'Train a model…',
    predict: 'Predict objects…',
    shortcuts: 'Keyboard shortcuts',
    palette: 'Command palette',
    tour: 'Tour of the workstation',
  },
  projects: {
    titles: { open: 'Open a project', new: 'New project', copy: 'Save a copy of the project' },
    copyHint: 'a name beside the project, or a whole path; nothing is written over',
    copied: (path: string) => `The copy is ${path}. The project itself stays open.`,
    path: 'Path',
    pathHint: 'on the computer that runs Limn, ending in .limn',
    example: '/home/me/nuclei.limn',
    buttons: { open: 'Open', new: 'Create', copy: 'Save copy' },
    none: 'No project is open',
    noneHint:
      'A project is one file with images, labels and models. Make a new one, or look around in the sample.',
  },
  saving: {
    name: 'Saving',
    saved: 'saved',
    saving: 'saving',
    retrying: 'not saved, trying again',
    hint: 'Every stroke is stored as it ends. There is nothing to save by hand.',
  },
  images: {
    list: 'Images',
    import: 'Import images',
    filter: 'Filter by name',
    none: 'No image has this in its name.',
    empty: 'Drop images here, or open the sample project.',
    emptyHint:
      'TIFF, OME-TIFF, PNG and JPEG. Limn copies the pixels into the project and keeps their number type.',
    openSample: 'Open the sample project',
    drop: 'Drop to import',
    importing: (count: number) => `Importing ${plural(count, 'file')} …`,
    imported: (count: number) => `${plural(count, 'image')} imported`,
    loading: 'Loading the project …',
    unlabelled: 'no labels yet',
    labelled: (objects: number, share: number) =>
      `${plural(objects, 'object')} · ${share < 0.001 && share > 0 ? '<0.1' : (share * 100).toFixed(share < 0.1 ? 1 : 0)} % labelled`,
    predicted: 'has a prediction',
  },
  canvas: {
    region: 'Image canvas',
    plane: { t: 'Time', z: 'z plane', c: 'Channels' },
    minimap: 'Minimap',
    loadingLabels: 'Labels are loading …',
  },
  tools: {
    toolbar: 'Tools',
    brush: 'Brush',
    eraser: 'Eraser',
    disk: 'Disk',
    polygon: 'Polygon',
    lasso: 'Lasso',
    box: 'Box',
    ellipse: 'Ellipse',
    fill: 'Fill',
    wand: 'Magic wand',
    split: 'Split',
    merge: 'Merge',
    accept: 'Accept object',
    pick: 'Object picker',
    zoom: 'Zoom',
    hand: 'Hand',
    undo: 'Undo',
    redo: 'Redo',
    history: 'History',
    fit: 'Fit',
    hints: {
      brush: 'Paint. A stroke on free ground makes a new object, one that starts on an object extends it.',
      eraser: 'Back to unlabelled: these pixels will not train.',
      disk: 'Click on a centre: a disk of the brush’s size. Drag to move it before you let go.',
      polygon: 'Click corners, Enter or a click on the first one closes the shape.',
      lasso: 'Draw around; the inside is painted.',
      box: 'Drag from corner to corner; the inside is painted.',
      ellipse: 'Drag from corner to corner of its box; the inside is painted.',
      wand: 'Press on a place: connected pixels of its grey value are painted. Drag right for more, left for less.',
      split: 'Draw a line through an object from edge to edge; the pieces become objects of their own.',
      merge: 'Draw across objects; they become one, the first one stays.',
      fill: 'Fill enclosed ground, or everything free with background.',
      accept: 'Click predicted objects; each becomes a label.',
      pick: 'Click on something painted: the brush goes on with its class.',
      zoom: 'Click to zoom in, with Alt out; drag around what you want to see.',
      hand: 'Move the image. Hold Space with any tool, or drag with the middle button.',
      undo: 'Take the last stroke back, also after a restart.',
      redo: 'Do it again.',
      history: 'Everything done on this image; a click goes back or forth.',
      fit: 'The whole image in view.',
    },
  },
  history: { title: 'History', start: 'Before the first stroke' },
  copying: {
    last: {
      t: 'This is the last frame: there is no next one to copy to.',
      z: 'This is the last z plane: there is no next one to copy to.',
    },
    nothing: 'Nothing was copied: no labels here, or the next plane is labelled there already.',
    done: {
      t: 'The labels were copied to this frame, where it had none. Undo takes them back.',
      z: 'The labels were copied to this plane, where it had none. Undo takes them back.',
    },
  },
  refusals: {
    loading: 'The labels here are still loading. Try again in a moment.',
    'not-enclosed':
      'This ground is open to the border of the image. Draw an outline around it first, or fill with Background.',
    'too-far':
      'So much of this large image is in view that its labels would not fit in memory. Zoom in to paint here.',
    'pixels-loading': 'The grey values in view are still on their way. Try again in a moment, or zoom in.',
    'no-object': 'There is no object here. Draw across an object.',
    'is-region':
      'The parts of a region are told apart by the gaps between them. Draw a gap with the eraser or with Background.',
    'not-split': 'The line does not cross the object from edge to edge. Draw it right through.',
    'one-object': 'The line touches one object only. Draw it across two or more.',
    'only-unlabelled':
      '“Paint only on unlabelled” is on, so nothing that is painted changes. Press Y to turn it off.',
    locked: 'This object is locked. Unlock it in the object list to change it.',
  },
  tabs: { labels: 'Labels', weights: 'Weight map', train: 'Train', predict: 'Predict', export: 'Export' },
  labels: {
    paint: 'Paint',
    modes: { object: 'Object', region: 'Region', background: 'Background', unlabelled: 'Unlabelled' },
    modeKeys: 'N object, Q region, K background, U unlabelled; X changes between object and background',
    modeHints: {
      object: 'A stroke on free ground is a new object, one that starts on an object extends it.',
      region: 'All strokes join the class’s region; parts that do not touch count as instances.',
      unlabelled: 'Strokes take labels back: these pixels will not train.',
      background: 'Ground between the objects. A stroke that starts on an object carves that object.',
    },
    class: 'Class',
    addClass: 'Add a class',
    newClassName: 'Name of the new class',
    classKinds: { thing: 'Counted objects', stuff: 'A region' },
    create: 'Create class',
    brushSize: 'Brush size',
    protect: 'Protect other objects',
    protectHint: 'Strokes do not paint over other objects.',
    onlyUnlabelled: 'Paint only on unlabelled',
    onlyUnlabelledHint: 'No tool changes a pixel that has a label. (Y)',
    objects: 'Objects',
    noObjects: 'No object yet. Take the brush (B) and paint over a cell: a few strokes are enough to train.',
    objectKeys: 'Arrows, Shift and Ctrl A select, Enter shows, Delete deletes, V hides, F2 renames',
    order: 'Sort objects',
    orders: {
      newest: 'newest',
      oldest: 'oldest',
      largest: 'largest',
      smallest: 'smallest',
      class: 'class',
    },
    selected: (count: number, all: number) =>
      count > 1 ? `${count.toLocaleString('en')} of ${all.toLocaleString('en')}` : plural(all, 'object'),
    changeClass: 'Change class',
    changeColour: 'Change colour',
    hide: 'Hide or show',
    remove: 'Delete',
    removeHint: 'Back to unlabelled on this plane (Delete). Undo brings it back.',
    rename: 'New name',
    lock: 'Lock',
    unlock: 'Unlock',
    area: (pixels: number) => `${pixels.toLocaleString('en')} px`,
    legend: 'What trains',
    legendObject: 'trains as class',
    legendBackground: 'as background',
    legendNothing: 'not at all',
  },
  layers: {
    title: 'Layers',
    image: 'Image',
    labels: 'Show labels',
    weights: 'Show weight map',
    prediction: 'Show prediction',
    opacity: (layer: string) => `${layer} opacity`,
    names: { image: 'Image', labels: 'Labels', weights: 'Weight map', prediction: 'Prediction' },
    fill: 'Fill of objects',
    contours: 'Contours of objects',
    hatch: 'Hatch of background',
    view: 'Prediction shown as',
    views: {
      objects: 'objects',
      contours: 'contours',
      probability: 'probability',
      uncertainty: 'uncertainty',
      disagreement: 'disagreement',
    },
    missed: 'missed',
    invented: 'invented',
    sure: 'sure',
    unsure: 'unsure',
    contrast: 'Contrast',
    minimum: 'Contrast minimum',
    maximum: 'Contrast maximum',
    gamma: 'Gamma',
    gammaHint: 'below 1 lifts the dark, above 1 deepens it',
    lookup: 'Colours',
    lookups: { colour: 'one colour', grey: 'grey', fire: 'fire', viridis: 'viridis' },
    colour: 'Colour of the channel',
    auto: 'Auto',
    autoHint: 'From the 0.35th to the 99.65th percentile, gamma 1.',
    channel: (name: string) => `Channel ${name}`,
    histogram: 'Histogram: drag its lines to change the contrast',
  },
  weights: {
    explain:
      'Where objects come close, errors cost more: the network learns to keep them apart. Brighter is heavier.',
    preset: 'Formula',
    presets: { paper: 'U-Net paper', fiji: 'Fiji plugin' },
    w0: 'w0',
    sigma: 'sigma',
    w0Hint: 'height of the border term',
    sigmaHint: 'its reach, px',
    opacity: 'Weight map opacity',
    off: 'Tick “Show weight map” to see the weights over the image.',
    needTwo: 'The border term shows once two objects and the background between them are painted.',
    computed: (milliseconds: number) => `computed in ${milliseconds.toFixed(0)} ms as you paint`,
    reset: 'Published values',
  },
  train: {
    channels: 'Channels',
    channelsHint: 'The network sees those that are ticked.',
    samples: {
      name: 'Sample pictures',
      image: 'image',
      label: 'label',
      weight: 'weight',
      probability: 'probability',
      caption: (step: number) => `A fixed tile at step ${step.toLocaleString('en')}.`,
    },
    start: 'Start training',
    stop: 'Stop training',
    pause: 'Pause',
    resume: 'Resume',
    resumeRun: 'Go on with this run',
    outlook: (images: number, objects: string, share: number) =>
      `Trains on ${plural(images, 'image')}, ${objects}, ${(share * 100).toFixed(share < 0.01 ? 2 : share < 0.1 ? 1 : 0)} % of the pixels.`,
    objectsOf: (classes: readonly { name: string; objects: number }[]) => {
      const painted = classes.filter(({ objects }) => objects > 0);
      if (painted.length === 0) return plural(0, 'object');
      return painted
        .slice(0, 3)
        .map(({ name, objects }) => plural(objects, name, pluralOf(name)))
        .join(', ');
    },
    budget: (minutes: number, device: string) => `About ${duration(60 * minutes)} on ${device}.`,
    budgetSteps: (steps: number) => `Some ${roundTo2(steps).toLocaleString('en')} steps.`,
    thisCpu: 'this CPU',
    thisGpu: 'this GPU',
    thisMachine: 'this machine',
    nothingYet: 'Nothing to train on yet.',
    findings: 'Before you start',
    blocks: 'Stops the training',
    warns: 'Worth a look',
    moreFindings: (count: number) => `${count} more`,
    fewerFindings: 'Fewer',
    remedies: {
      show: 'Show',
      addClass: 'Add a class',
      paint: 'Paint',
      paintBackground: 'Paint background',
      holdBack: 'Hold back a fifth',
      holdNothingBack: 'Use all images',
    },
    objectCount: (count: number) => plural(count, 'object'),
    classTable: 'Labelled pixels and objects a class',
    preset: 'Preset',
    presets: {
      fast: {
        label: 'Fast',
        hint: 'Made for this machine: small padded U-Net, Adam, good results in minutes.',
      },
      paper: {
        label: 'Paper',
        hint: 'U-Net as published in 2015: 64 filters, valid convolutions. Needs a GPU.',
      },
      'paper-narrow': {
        label: 'Paper, narrow',
        hint: 'The published network with fewer filters, for machines without a GPU.',
      },
      fiji: { label: 'Fiji', hint: 'Weights and learning rate of the Fiji U-Net plugin.' },
      'patch-classifier': {
        label: 'Patch classifier',
        hint: 'The baseline of 2012: each pixel by the window around it.',
      },
      'fcn-32s': { label: 'FCN-32s', hint: 'Fully convolutional VGG16, coarse scores. Needs a GPU.' },
      'fcn-16s': { label: 'FCN-16s', hint: 'The same with scores of pool4; start from an FCN-32s.' },
      'fcn-8s': { label: 'FCN-8s', hint: 'The same with scores of pool3 too; start from an FCN-16s.' },
    },
    minutes: 'Minutes',
    advanced: 'Advanced',
    advancedChanged: (count: number) => `${plural(count, 'change')}`,
    steps: 'Steps',
    baseFilters: 'Filters of the first level',
    depth: 'Depth',
    learningRate: 'Learning rate',
    tileSize: 'Tile size, px',
    batchSize: 'Tiles a step',
    seed: 'Seed',
    device: 'Device',
    validation: 'Validation images',
    validationHint: 'share such as 0.2, names, or positions such as 0-3',
    init: 'Start from',
    initScratch: 'Scratch',
    byPreset: 'by preset',
    byMinutes: 'by minutes',
    classShare: 'Labelled pixels',
    pace: (device: string, millisecondsAStep: number | null, source: 'run' | 'probe' | null) =>
      millisecondsAStep === null
        ? device
        : `${device}: ${pacePhrase(millisecondsAStep)} a step, ${source === 'run' ? 'as the last such run took' : 'by a timed small step'}`,
    noDevice: 'Looking for devices …',
    loss: 'training loss',
    validationLoss: 'validation loss',
    validationIou: 'validation IoU',
    curve: 'Training curve',
    noCurve: 'The curve appears here with the first steps. Go on painting meanwhile.',
    states: {
      queued: 'waiting',
      running: 'training',
      paused: 'paused',
      finished: 'finished',
      stopped: 'stopped',
      failed: 'failed',
      interrupted: 'interrupted',
    },
    step: (step: number, steps: number | null) =>
      steps === null
        ? `step ${step.toLocaleString('en')}`
        : `step ${step.toLocaleString('en')} of ${steps.toLocaleString('en')}`,
    speed: (stepsPerSecond: number) =>
      stepsPerSecond >= 1
        ? `${stepsPerSecond.toFixed(1)} steps/s`
        : `${(1 / Math.max(1e-6, stepsPerSecond)).toFixed(1)} s/step`,
    eta: (seconds: number) => `${duration(seconds)} left`,
    runs: 'Runs',
    noRuns: 'No run yet.',
    lossNow: (loss: number) => `loss ${loss.toFixed(3)}`,
  },
  predict: {
    model: 'Model',
    best: 'Best of the last run',
    last: 'Last step of the last run',
    image: 'Predict image',
    all: 'Predict all',
    allHint: (count: number) =>
      `Finds the objects in ${plural(count, 'image')}. What you painted is never changed.`,
    noModel: 'There is no model yet. Train one first: a few painted objects and some background are enough.',
    objects: {
      title: 'From probability to objects',
      changed: 'not set yet',
      threshold: 'Threshold',
      thresholdHint: 'Foreground where its probability is above this.',
      seedDistance: 'Seed distance',
      seedDistanceHint: 'How deep a waist must be to part two objects; more parts fewer.',
      minimumSize: 'Minimum size',
      minimumSizeHint: 'Smaller objects are dropped.',
      fillHoles: 'Fill holes',
      clearBorder: 'Drop objects at the edge of the image',
      inView: (count: number) => `${plural(count, 'object')} in view.`,
      fit: 'Fit to labels',
      fitHint:
        'Searches the values that find the labelled objects best. Unlabelled pixels count for nothing.',
      fitted: (before: number, after: number, planes: number) =>
        after > before
          ? `Mean F1 on ${plural(planes, 'labelled plane')}: ${after.toFixed(3)}, ${before.toFixed(3)} before.`
          : `Nothing scores better on ${plural(planes, 'labelled plane')} than what is set (mean F1 ${before.toFixed(3)}).`,
      set: 'Set for the model',
      setHint: 'Every prediction of this model is cut anew, and later ones are cut like this. Labels stay.',
      reset: 'Reset',
      resetHint: 'Back to what is set.',
    },
    view: 'Show as',
    views: { objects: 'Objects', probability: 'Probability' },
    class: 'Class',
    opacity: 'Prediction opacity',
    accept: 'Accept prediction',
    acceptHint: 'Copies predicted objects into the labels where nothing is painted. Can be undone.',
    none: 'This image has no prediction yet.',
    found: (count: number) => `${plural(count, 'object')} found`,
    accepted: 'The prediction was added to the labels. Undo takes it back.',
    acceptedObjects: (count: number) =>
      count === 0
        ? 'No object was added: what is predicted here is painted already, or not sure enough.'
        : `${plural(count, 'object')} added to the labels. Undo takes ${count === 1 ? 'it' : 'them'} back.`,
    acceptObject: 'Accept object',
    acceptObjectHint: 'Click predicted objects; each becomes a label (T). Painted pixels do not change.',
    noObject: 'There is no predicted object here. Click one that the prediction shows.',
    acceptInView: 'Accept in view',
    acceptInViewHint: 'Whole objects in view and the background between them. Can be undone.',
    confidence: 'Least confidence',
    confidenceLabel: 'sure',
    confidenceHint: 'Mean probability over the pixels of an object.',
    acceptSure: (sure: number, all: number) => `Accept ${sure} of ${plural(all, 'object')}`,
  },
  batch: {
    title: 'All images',
    hint: 'A table of all images: predict and export many (Ctrl B)',
    close: 'Close',
    keys: 'Arrows, Shift and Ctrl A select, Space adds, Enter shows on the canvas',
    filter: 'Show',
    filters: {
      all: 'all images',
      unlabelled: 'not labelled',
      partly: 'partly labelled',
      labelled: 'all labelled',
      unpredicted: 'without a prediction',
      predicted: 'with a prediction',
      older: 'predicted by an older model',
    },
    columns: {
      name: 'Image',
      size: 'Size',
      labelled: 'Labelled',
      objects: 'Objects painted',
      found: 'Objects predicted',
      state: 'State',
    },
    states: {
      unlabelled: 'not labelled',
      partly: 'partly labelled',
      labelled: 'all labelled',
      predicted: 'predicted',
      corrected: 'corrected',
    },
    work: { waiting: 'waiting', predicting: 'predicting …' },
    older: 'by an older model',
    exported: 'exported',
    size: ({ x, y, z, t }: { x: number; y: number; z: number; t: number }) =>
      [`${x} × ${y}`, z > 1 ? `${z} z` : '', t > 1 ? `${t} t` : ''].filter((part) => part !== '').join(' · '),
    share: (share: number) => (share < 0.001 ? '<0.1 %' : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`),
    selectAll: 'Select all',
    chosen: 'Selected',
    selected: (selected: number, all: number) =>
      `${selected.toLocaleString('en')} of ${plural(all, 'image')} selected`,
    predict: (count: number) => (count === 0 ? 'Predict selected' : `Predict ${plural(count, 'image')}`),
    predictHint: (planes: number) =>
      planes === 0
        ? 'Select images in the table, or all with Ctrl A.'
        : `${plural(planes, 'plane')}. What you painted is never changed. You can close this and go on painting.`,
    export: (count: number) => (count === 0 ? 'Export selected' : `Export ${plural(count, 'mask')}`),
    leftOut: (count: number, layer: 'labels' | 'prediction') =>
      count === 0
        ? ''
        : `${plural(count, 'image')} without ${layer === 'labels' ? 'labels' : 'a prediction'} left out.`,
    progress: 'Progress of predictions and exports',
    idle: 'No prediction or export is under way.',
    done: (done: number, total: number) =>
      total === 0
        ? 'waiting for its turn'
        : `${done.toLocaleString('en')} of ${total.toLocaleString('en')} done`,
    waiting: (jobs: number) => `${jobs} waiting for ${jobs === 1 ? 'its' : 'their'} turn`,
  },
  review: {
    title: 'Look next',
    kind: 'What to look at',
    kinds: { unsure: 'Unsure', merged: 'Merged', split: 'Split', missed: 'Missed', invented: 'Invented' },
    hints: {
      unsure: 'Unlabelled ground where the network could decide least. Labels here teach it most.',
      merged: 'One predicted object over several painted ones.',
      split: 'Several predicted objects on one painted one.',
      missed: 'Painted objects that the prediction does not have.',
      invented: 'Predicted objects on painted background.',
    },
    places: 'Places',
    place: (number: number, kind: string, image: string, score: number) =>
      kind === 'unsure'
        ? `${number}: ${(score * 100).toFixed(0)} % unsure, ${image}`
        : `${number}: ${kind}, ${score.toLocaleString('en')} px, ${image}`,
    none: 'Nothing of this kind.',
    onTo: (kind: string, next: string) =>
      `No place is ${kind.toLowerCase()}; these are ${next.toLowerCase()}.`,
    nothing: (images: number) =>
      images === 0
        ? 'Predict an image first; then its unsure places and likely mistakes are found.'
        : 'The predictions are sure where nothing is painted, and agree with what is.',
    next: 'Next',
    nextKey: 'Full stop ( . )',
    previous: 'Previous',
    previousKey: 'Comma ( , )',
  },
  export: {
    layer: 'What',
    layers: { labels: 'Painted labels', prediction: 'Prediction' },
    kind: 'Masks of',
    kinds: { instances: 'Objects', classes: 'Classes', probabilities: 'Probabilities' },
    kindHints: {
      instances: '0 background, 1 … N objects; the smallest whole-number type that holds them.',
      classes: '0 background, 1 … K classes in project order.',
      probabilities: '32-bit, one channel a class, background first.',
    },
    keepUnlabelled: 'Keep unlabelled apart',
    keepHint: '0 unlabelled, 1 background, 2 and more objects.',
    measurements: 'Measurements as CSV',
    folder: 'Folder',
    folderHint: 'on the computer that runs Limn',
    choose: 'Choose …',
    button: 'Export masks',
    consequence: (count: number) => `Writes one TIFF for each of ${plural(count, 'image')}.`,
    download: 'Download this image’s mask',
    done: (count: number) => `${plural(count, 'file')} written`,
  },
  tour: {
    step: (number: number, count: number) => `Step ${number} of ${count}`,
    next: 'Next',
    back: 'Back',
    skip: 'Skip the tour',
    done: 'Done',
    steps: {
      welcome: {
        title: 'From a few strokes to masks',
        text: 'Paint some objects, train a network on them here on this computer, correct what it gets wrong, export masks. This tour shows where; it takes a minute.',
      },
      images: {
        title: 'Your images',
        text: 'Import files or drop them anywhere on the window. The dots tell how far each image is: labelled, with objects, predicted.',
      },
      tools: {
        title: 'Paint',
        text: 'Take the brush (B) and paint over a cell: each stroke on free ground is a new object. Every tool tells its key when the pointer rests on it. Strokes are stored as they end; Ctrl Z takes any of them back.',
      },
      labels: {
        title: 'Objects, background, unlabelled',
        text: 'Some cells and some background are enough. What you leave unlabelled is not learnt from, so there is no need to paint everything.',
      },
      weights: {
        title: 'What keeps cells apart',
        text: 'Where two objects come close, an error costs more: that narrow border is what the network learns to leave free. The map grows as you paint.',
      },
      train: {
        title: 'Train',
        text: 'Before you start, the panel says what the network would learn from and what is missing. The curve moves as it learns; go on painting meanwhile.',
      },
      predict: {
        title: 'Predict and correct',
        text: 'Predict one image or all. Accept what is right, paint over what is wrong, and train again from there: “Look next” shows where a correction teaches most.',
      },
      export: {
        title: 'Export masks',
        text: 'One TIFF for each image, and measurements of every object as CSV. Help → Tour of the workstation brings this back; ? lists all keys.',
      },
    },
  },
  status: { name: 'Pixel', outside: 'Move over the image to read its pixels.' },
  jobs: { cancel: 'Cancel', failed: 'It did not work' },
  errors: {
    edit: 'The change was not stored',
    labels: 'The labels could not be loaded',
    pixels: 'The image could not be loaded',
    weights: 'The weights could not be computed',
    import: 'The images were not imported',
    train: 'The training did not start',
    predict: 'The prediction did not work',
    accept: 'The prediction was not accepted',
    export: 'The masks were not exported',
    review: 'The places to look at were not found',
    project: 'The project could not be opened',
    copy: 'The copy was not written',
    objects: 'The objects could not be cut',
    object: 'The object was not changed',
    class: 'The class was not created',
    run: 'The run did not answer',
    tour: 'The tour did not begin',
  },
  shortcuts: [
    ['B', 'Brush'],
    ['E', 'Eraser'],
    ['D', 'Disk'],
    ['P', 'Polygon'],
    ['L', 'Lasso'],
    ['R', 'Box'],
    ['C', 'Ellipse'],
    ['F', 'Fill'],
    ['A', 'Magic wand'],
    ['S', 'Split'],
    ['J', 'Merge'],
    ['T', 'Accept predicted objects by clicks'],
    ['I', 'Object picker'],
    ['Z', 'Zoom'],
    ['H', 'Hand'],
    ['N', 'Paint objects'],
    ['Q', 'Paint the class’s region'],
    ['K', 'Paint background'],
    ['U', 'Paint unlabelled'],
    ['X', 'Object or background'],
    ['Y', 'Paint only on unlabelled'],
    ['Delete', 'Delete the selected objects'],
    ['V', 'Hide or show the selected objects'],
    ['[  ]', 'Brush size'],
    ['Alt + drag', 'Brush size'],
    ['↑ ↓ Ctrl A', 'In the object list: choose, with Shift several'],
    ['Enter', 'In the object list: zoom to the object'],
    ['F2', 'In the object list: rename'],
    ['Space + drag', 'Move the image'],
    ['Wheel', 'Zoom to the cursor'],
    ['0', 'Fit'],
    ['1', 'Actual size'],
    ['Ctrl Z', 'Undo'],
    ['Ctrl Shift Z', 'Redo'],
    ['Shift PgDn', 'Copy labels to the next z plane'],
    ['Shift →', 'Copy labels to the next frame'],
    ['G', 'History of the image'],
    ['Ctrl B', 'All images: predict and export many'],
    ['Esc', 'Cancel the stroke in the air'],
    [',  .', 'Previous and next unsure place or mistake'],
    ['M', 'Show or hide labels'],
    ['W', 'Show or hide the weight map'],
    ['O', 'Show or hide the prediction'],
    ['Tab', 'Hide or show panels (on the canvas)'],
    ['Ctrl K', 'Command palette'],
    ['?', 'This list'],
  ],
} as const;

/** Plurals of the words that biologists give their classes; else an s. */
function pluralOf(name: string): string {
  if (/[a-z]us$/.test(name)) return name.replace(/us$/, 'i');
  if (/chondrion$/.test(name)) return name.replace(/on$/, 'a');
  if (/[a-z]ium$/.test(name)) return name.replace(/um$/, 'a');
  if (/[^aeiou]y$/.test(name)) return name.replace(/y$/, 'ies');
  if (/(s|x|ch|sh)$/.test(name)) return `${name}es`;
  return `${name}s`;
}

/** Two figures that count: 1,234 → 1,200. */
function roundTo2(value: number): number {
  return Math.round(Number(value.toPrecision(2)));
}

/** `212 ms`, `7.2 s`. */
function pacePhrase(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** `2 min 05 s`, `40 s`, `1 h 12 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) {
    const rest = whole % 60;
    return `${Math.floor(whole / 60)} min${rest === 0 ? '' : ` ${String(rest).padStart(2, '0')} s`}`;
  }
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}
