import type { FaultAction } from '../schedule/schedule.js';
import type {
  BehaviourSpan,
  CommandFact,
  FaultSpan,
  Look,
  MemoryFact,
  MoveFact,
  StartFact,
  Timeline,
  WordFact,
} from '../timeline/timeline.js';

type Facts = Pick<Timeline, 'faults' | 'behaviours' | 'starts' | 'commands' | 'moves' | 'words' | 'looks' | 'memory'>;

/** What the driver did, and what it saw, in the order in which it was over. */
export class Recorder {
  readonly faults: FaultSpan[] = [];
  readonly behaviours: BehaviourSpan[] = [];
  readonly starts: StartFact[] = [];
  readonly commands: CommandFact[] = [];
  readonly moves: MoveFact[] = [];
  readonly words: WordFact[] = [];
  readonly looks: Look[] = [];
  readonly memory: MemoryFact[] = [];

  /** All of it, as data. */
  facts(): Facts {
    const { faults, behaviours, starts, commands, moves, words, looks, memory } = this;
    return { faults, behaviours, starts, commands, moves, words, looks, memory };
  }

  /** A fault begins now; answers with what ends it. */
  faultBegins(fault: FaultAction, pid?: number): () => void {
    const fromMs = Date.now();
    return () => {
      this.faults.push({ fault, fromMs, toMs: Date.now(), ...(pid === undefined ? {} : { pid }) });
    };
  }
}
