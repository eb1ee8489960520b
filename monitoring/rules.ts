import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** As Prometheus reads it. */
export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface Rules {
  groups: { name: string; interval?: string; rules: Rule[] }[];
}

export const readRules = (): Rules => parse(readFileSync('monitoring/rules.yml', 'utf8')) as Rules;
