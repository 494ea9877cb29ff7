/** A host process for tests: trains a project with a checkpoint every 150 ms and tells its parent what happens. */

import { EngineHost } from '../../app/engine/host.ts';
import { openProject } from '../../app/services/project.ts';
import type { TrainRequest } from '../../app/services/requests.ts';
import { TrainingService } from '../../app/services/trainingService.ts';

const [path = '', request = '{}'] = process.argv.slice(2);
const project = openProject(path, { mode: 'write' });
const engine = new EngineHost();
const service = new TrainingService(engine, { checkpointMilliseconds: 150 });
await service.train(project, JSON.parse(request) as TrainRequest, {
  onEvent: (event) => process.send?.(event.type === 'started' ? { ...event, enginePid: engine.pid } : event),
});
project.close();
await engine.close();
process.disconnect();
