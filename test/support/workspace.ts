/** A workspace and a progress file of a test's own, for an exercise that is tried in it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue, type Entry, textOf } from '../../src/catalogue/exercises.ts';
import { type ExerciseProgress, readProgress } from '../../src/practice/progress-file.ts';
import { Workspace } from '../../src/practice/workspace.ts';
import { temporaryDirectory } from './kernel-test.ts';

export class TestWorkspace {
  readonly entry: Entry;
  readonly directory: string;
  readonly env: Record<string, string>;
  readonly file: string;

  static async open(id: string, owner = 0): Promise<TestWorkspace> {
    const entry = (await catalogue()).find((candidate) => candidate.id === id);
    if (!entry) throw new Error(`There is no exercise ${id}.`);
    return new TestWorkspace(entry, temporaryDirectory(owner));
  }

  private constructor(entry: Entry, parent: string) {
    this.entry = entry;
    this.directory = join(parent, 'workspace');
    this.env = { LAB_WORKSPACE: this.directory, XDG_STATE_HOME: join(parent, 'state'), NO_COLOR: '1' };
    this.file = new Workspace(this.directory).fileOf(entry);
  }

  /** To be put before a command in a shell. */
  get assignments(): string {
    return Object.entries(this.env)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ');
  }

  prepare(): void {
    new Workspace(this.directory).prepare(this.entry);
  }

  save(text: string): void {
    writeFileSync(this.file, text);
  }

  solve(): void {
    this.save(this.solution);
  }

  get solution(): string {
    return textOf(this.entry, 'solution.ts');
  }

  get text(): string {
    return readFileSync(this.file, 'utf8');
  }

  get progress(): ExerciseProgress | undefined {
    return readProgress(join(this.env.XDG_STATE_HOME ?? '', 'container-lab/progress.json')).exercises[this.entry.id];
  }
}
