/** Everything that made a run or a model, and what can be done with it. */

import { Anchor, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment, type ReactNode, useState } from 'react';
import type { ModelSummary, RunSummary } from '../../app/api/types.ts';
import { backend, links } from '../api/backend.ts';
import { keys } from '../api/queries.ts';
import { deleteModel, deleteRun, predictWith, startFrom, viewRun } from '../state/runs.ts';
import { duration, texts } from '../texts.ts';
import { initName } from './runColumns.tsx';

/** Names that stand in full before the rest is counted. */
const NAMED = 12;

export function RunDetails({ run, models }: { run: RunSummary; models: readonly ModelSummary[] }) {
  const { runs, train } = texts;
  const detail = useQuery({ queryKey: keys.run(run.runId), queryFn: () => backend.run(run.runId) }).data;
  const isActive = run.state === 'running' || run.state === 'paused' || run.state === 'queued';
  const model = models.find((one) => one.modelId === run.modelId);
  const facts: [string, ReactNode][] = [
    [runs.columns.state, train.states[run.state]],
    [runs.columns.preset, train.presets[run.preset].label],
    [runs.columns.init, run.backboneWeights ?? initName(run.init, models)],
    [runs.columns.images, detail ? namesOf(detail.images) : run.imageCount],
    [runs.columns.validation, detail ? namesOf(detail.validation) : run.validationCount],
    [
      runs.columns.budget,
      run.steps === null ? duration((run.minutes ?? 0) * 60) : train.step(run.steps, null),
    ],
    [runs.columns.reached, `${train.step(run.step, null)}, ${duration(run.seconds)}`],
    [runs.columns.device, `${run.device}, ${runs.threads(run.threads)}`],
    [runs.columns.seed, run.seed],
    [runs.columns.channels, run.channels.join(', ')],
    [runs.columns.version, run.version ?? '–'],
    [runs.columns.model, model?.name ?? '–'],
    ...Object.entries(run.hyperParameters).map(([name, value]): [string, ReactNode] => [
      readable(name),
      String(value),
    ]),
  ];
  return (
    <section className="run-details" aria-label={runs.details(run.runId)}>
      <div className="row">
        <Button variant="default" onClick={() => void viewRun(run.runId)}>
          {runs.view}
        </Button>
        {model && <ModelButtons model={model} />}
        {!isActive && (
          <DeleteButton question={runs.deleteRunHint} onDelete={() => void deleteRun(run.runId)} />
        )}
      </div>
      {run.message !== null && <p className="soft">{run.message}</p>}
      <Facts facts={facts} />
    </section>
  );
}

export function ModelDetails({ model }: { model: ModelSummary }) {
  const { runs } = texts;
  return (
    <section className="run-details" aria-label={model.name}>
      <div className="row">
        <ModelButtons model={model} />
        <DeleteButton
          question={runs.deleteModelHint(model.predictedImages)}
          onDelete={() => void deleteModel(model.modelId)}
        />
      </div>
      <p className="soft">
        {runs.exports}{' '}
        <Anchor size="xs" href={links.model(model.modelId, false)} download>
          ONNX
        </Anchor>
        {' · '}
        <Anchor size="xs" href={links.model(model.modelId, true)} download>
          {runs.halfPrecision}
        </Anchor>
      </p>
    </section>
  );
}

function ModelButtons({ model }: { model: ModelSummary }) {
  const { runs } = texts;
  return (
    <>
      <Button variant="default" onClick={() => predictWith(model.modelId)}>
        {runs.predictWith}
      </Button>
      <Button variant="default" onClick={() => startFrom(model.modelId)}>
        {runs.startFrom}
      </Button>
    </>
  );
}

/** Deleting cannot be undone here, so it takes a second press that says what goes. */
function DeleteButton({ question, onDelete }: { question: string; onDelete(): void }) {
  const [asked, setAsked] = useState(false);
  const { runs } = texts;
  if (!asked) {
    return (
      <Button variant="default" onClick={() => setAsked(true)}>
        {runs.delete}
      </Button>
    );
  }
  return (
    <span className="row" role="alert">
      <span className="soft">{question}</span>
      <Button color="red" autoFocus onClick={onDelete}>
        {runs.deleteNow}
      </Button>
      <Button variant="default" onClick={() => setAsked(false)}>
        {runs.keep}
      </Button>
    </span>
  );
}

function Facts({ facts }: { facts: readonly [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

function namesOf(names: readonly string[]): string {
  if (names.length === 0) return texts.runs.none;
  const shown = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? texts.runs.andMore(shown, names.length - NAMED) : shown;
}

/** `optimiser.weightDecay` → `optimiser weight decay`. */
function readable(name: string): string {
  return name
    .replace('.', ' ')
    .replace(/([a-z])([A-Z])/g, (_, before: string, capital: string) => `${before} ${capital.toLowerCase()}`);
}
