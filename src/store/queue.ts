/**
 * The table `offer`: work in queues.
 *
 *   ready → leased → ended          ready → ended (retracted)
 *
 * An offer is leased at most once: whether lost work is offered again, under a new id, is decided
 * above the store. A lease that nobody has ended is live, also when it is silent.
 */

import type { DatabaseSync } from "node:sqlite";
import type { Lease, Offer, OfferRef } from "../domain/commit.ts";
import type { Instant } from "../domain/id.ts";
import type { Depth } from "./store.ts";

/** Statements are prepared once; all belong into a transaction of the caller. */
export interface Queue {
  /** Nothing happens when the queue was ever offered that id. */
  offer(offer: Offer): void;
  /** The first that is ready at `now`, leased until `expiresAt`. */
  claim(claim: Claim): Lease | null;
  isLive(lease: Lease): boolean;
  /** Sets the end of a live lease; `false` when it is not live. */
  prolong(lease: Lease, expiresAt: Instant): boolean;
  /** Those that are silent at `now`, and those of `runners`, in the order of their fences. */
  lost(now: Instant, runners: readonly string[]): Lease[];
  /** Ends an offer, leased or not; nothing happens when there is none. */
  end(ref: OfferRef): void;
  depth(now: Instant): Readonly<Record<string, Depth>>;
}

export interface Claim {
  readonly queue: string;
  readonly runner: string;
  readonly now: Instant;
  readonly expiresAt: Instant;
}

const insertSql = `
  insert into offer (queue, id, priority, not_before, data, state)
  values (:queue, :id, :priority, :notBefore, :data, 'ready')
  on conflict do nothing`;

const claimSql = `
  update offer
  set state = 'leased', fence = (select coalesce(max(fence), 0) + 1 from offer),
      runner = :runner, expires_at = :expiresAt
  where seq = (
    select seq from offer
    where queue = :queue and state = 'ready' and not_before <= :now
    order by priority desc, seq limit 1
  )
  returning queue, id, fence, runner, expires_at as expiresAt, data`;

const lostSql = `
  select queue, id, fence, runner, expires_at as expiresAt, data from offer
  where state = 'leased'
    and (expires_at <= :now or runner in (select value from json_each(:runners)))
  order by fence`;

/** Two halves, so that each has its index, and offers that have ended cost nothing. */
const depthSql = `
  select queue, sum(ready) as ready, sum(leased) as leased, sum(delayed) as delayed from (
    select queue, not_before <= :now as ready, 0 as leased, not_before > :now as delayed
    from offer where state = 'ready'
    union all
    select queue, 0, 1, 0 from offer where state = 'leased'
  )
  group by queue`;

export function openQueue(db: DatabaseSync): Queue {
  const insert = db.prepare(insertSql);
  const claimFirst = db.prepare(claimSql);
  const selectLive = db.prepare(
    "select 1 from offer where fence = ? and queue = ? and id = ? and state = 'leased'",
  );
  const setExpiry = db.prepare(
    "update offer set expires_at = ? where fence = ? and queue = ? and id = ? and state = 'leased'",
  );
  const selectLost = db.prepare(lostSql);
  const setEnded = db.prepare("update offer set state = 'ended' where queue = ? and id = ?");
  const selectDepth = db.prepare(depthSql);
  return {
    offer({ queue, id, priority, notBefore = 0, data }) {
      insert.run({ queue, id, priority, notBefore, data: JSON.stringify(data) });
    },
    claim(claim) {
      const row = claimFirst.get({ ...claim });
      return row === undefined ? null : leaseOf(row as LeaseRow);
    },
    isLive: ({ fence, queue, id }) => selectLive.get(fence, queue, id) !== undefined,
    prolong: ({ fence, queue, id }, expiresAt) =>
      setExpiry.run(expiresAt, fence, queue, id).changes === 1,
    lost(now, runners) {
      const rows = selectLost.all({ now, runners: JSON.stringify(runners) });
      return rows.map((row) => leaseOf(row as LeaseRow));
    },
    end({ queue, id }) {
      setEnded.run(queue, id);
    },
    depth(now) {
      const rows = selectDepth.all({ now });
      return Object.fromEntries(
        rows.map((row) => {
          const { queue, ...depth } = row as DepthRow;
          return [queue, depth];
        }),
      );
    },
  };
}

/** What the strict columns of a leased offer hold; the casts to it rest on the schema. */
type LeaseRow = Omit<Lease, "data"> & { readonly data: string };
type DepthRow = { readonly queue: string } & Pick<Depth, keyof Depth>;

function leaseOf(row: LeaseRow): Lease {
  return { ...row, data: JSON.parse(row.data) };
}
