import { createCommandHook } from '../adapters/hooks/command/command.js';
import { createSlackHook } from '../adapters/hooks/slack.js';
import { createWebhook } from '../adapters/hooks/webhook.js';
import type { ReadSecret } from '../adapters/http/access.js';
import type { HookConfig } from '../config/adapters/hooks.js';
import type { Hook } from '../ports/hooks.js';

/** @param env what commands may see of, as far as they are allowed to. Default: this process's own. */
export function createHook(hook: HookConfig, secrets: ReadSecret, env: NodeJS.ProcessEnv = process.env): Hook {
  switch (hook.type) {
    case 'webhook':
      return createWebhook(hook, secrets);
    case 'command':
      return createCommandHook(hook, env);
    case 'slack':
      return createSlackHook(hook, secrets);
  }
}
