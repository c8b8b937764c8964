/** Everything that places share, handed down through Svelte's context. */

import { getContext, setContext } from "svelte";
import type { Backend } from "../ipc";
import { Commands } from "./commands";
import { Case } from "./case.svelte";
import { Settings } from "./settings.svelte";
import { View } from "./view.svelte";

export interface App {
  backend: Backend;
  kase: Case;
  view: View;
  settings: Settings;
  commands: Commands;
}

const KEY = Symbol("app");

export function makeApp(backend: Backend): App {
  return { backend, kase: new Case(backend), view: new View(), settings: new Settings(), commands: new Commands() };
}

export function provide(app: App): void {
  setContext(KEY, app);
}

export function app(): App {
  return getContext<App>(KEY);
}
