import type { StandIn } from '../stand-in.js';
import { debian, node } from './base.js';

/** The quickest to pull stands first: it decides whether any can be. */
export const standIns: StandIn[] = [debian, node];
