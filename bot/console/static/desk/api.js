// The desk's questions to the server. A session that has ended leads to the sign-in; drafts wait in the store.

import { t } from "./words.js";

const BASE = "/console/api/";
const PATIENCE = 20_000; // ms
const csrf = document.querySelector("meta[name=csrf]").content;

/** What the server refused, or that it was not reached (status 0). `said` is a sentence for the specialist. */
export class Problem extends Error {
  constructor(status, body = {}) {
    super(body.error ?? (status ? t("problem_server") : t("problem_network")));
    this.status = status;
    this.code = body.code ?? null;
    this.body = body;
  }

  /** Whether trying the same again may help. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

let leaving = false;

export function toSignIn() {
  if (leaving) return;
  leaving = true;
  const next = location.pathname + location.search + location.hash;
  location.assign(`/console/sign-in?next=${encodeURIComponent(next)}`);
}

async function ask(method, path, body, signal) {
  const headers = { accept: "application/json" };
  if (method !== "GET") {
    headers["x-csrf-token"] = csrf;
    headers["content-type"] = "application/json";
  }
  const limit = AbortSignal.timeout(PATIENCE);
  let response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      credentials: "same-origin",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (problem) {
    if (signal?.aborted) throw problem;
    throw new Problem(0);
  }
  if (response.status === 401) {
    toSignIn();
    throw new Problem(401, { error: t("problem_signed_out") });
  }
  const content = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, content);
  return content;
}

export const get = (path, signal) => ask("GET", path, undefined, signal);
export const post = (path, body = {}, signal) => ask("POST", path, body, signal);

/** The path of a conversation, and of what can be done with it. */
export const of = (conversation, rest = "") => `conversations/${encodeURIComponent(conversation)}${rest}`;

/** A question's part after "?", without what is empty. */
export function query(fields) {
  const filled = Object.entries(fields).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return filled.length ? `?${new URLSearchParams(filled)}` : "";
}
