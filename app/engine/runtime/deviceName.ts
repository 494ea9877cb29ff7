/** The devices that a network can run on, by the names of ONNX Runtime's execution providers. */

export const DEVICES = ['cpu', 'webgpu', 'cuda', 'dml'] as const;
export type DeviceName = (typeof DEVICES)[number];

/** What computes a training: ONNX Runtime on one of these devices, or TensorFlow.js, which chooses its device itself. */
export const ENGINES = ['onnx', 'tfjs'] as const;
export type EngineName = (typeof ENGINES)[number];

/** How each is called in a sentence. */
export const DEVICE_TITLES: Readonly<Record<DeviceName, string>> = {
  cpu: 'The CPU',
  webgpu: 'WebGPU',
  cuda: 'CUDA',
  dml: 'DirectML',
};
