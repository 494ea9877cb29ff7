/** The button beside the folder of an export; only where a native dialog can choose one. */

import { Button } from '@mantine/core';
import { limnHost } from '../host/limnHost.ts';
import { useExportOptions } from '../state/exporting.ts';
import { texts } from '../texts.ts';

export function ChooseFolder() {
  const host = limnHost();
  if (!host) return null;
  return (
    <Button
      variant="default"
      onClick={() =>
        void host.chooseFolder().then((path) => path && useExportOptions.setState({ folder: path }))
      }
    >
      {texts.export.choose}
    </Button>
  );
}
