// @ts-check
import { releaseNotes } from './commands/release-notes.js';

releaseNotes();
