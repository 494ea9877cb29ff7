/** Names of the messages between the main process and the preload script, one place for both ends. */

export const CHANNELS = {
  event: 'limn:event',
  command: 'limn:command',
  chooseImages: 'limn:choose-images',
  chooseFolder: 'limn:choose-folder',
  chooseProject: 'limn:choose-project',
  chooseNewProject: 'limn:choose-new-project',
  chooseProjectCopy: 'limn:choose-project-copy',
} as const;
