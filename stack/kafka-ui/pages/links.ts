import { html } from './html.js';

export const topicAddress = (name: string) => `/topics/${encodeURIComponent(name)}`;

export const topicLink = (name: string) => html`<a href="${topicAddress(name)}">${name}</a>`;

export const groupLink = (name: string) => html`<a href="/groups/${encodeURIComponent(name)}">${name}</a>`;

export const keyLink = (key: string) => html`<a href="/by-key?${new URLSearchParams({ key })}">${key}</a>`;

export const messageAddress = ({ topic, partition, offset }: { topic: string; partition: number; offset: bigint }) =>
  `${topicAddress(topic)}/${partition}/${offset}`;
