// @ts-check
import { html } from './html.js';

/** @param {string} name */
export const topicAddress = (name) => `/topics/${encodeURIComponent(name)}`;

/** @param {string} name */
export const topicLink = (name) => html`<a href="${topicAddress(name)}">${name}</a>`;

/** @param {string} name */
export const groupLink = (name) => html`<a href="/groups/${encodeURIComponent(name)}">${name}</a>`;

/** @param {string} key */
export const keyLink = (key) => html`<a href="/by-key?${new URLSearchParams({ key })}">${key}</a>`;

/** @param {{ topic: string, partition: number, offset: bigint }} message */
export const messageAddress = ({ topic, partition, offset }) => `${topicAddress(topic)}/${partition}/${offset}`;
