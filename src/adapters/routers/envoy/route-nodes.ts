import { isAlias, isMap, isScalar, isSeq, visit, type Document, type Node, type ParsedNode, type YAMLMap } from 'yaml';
import { unfitnessOf, type Unfit } from '../../envoy/unfit.js';

/** A route entry of an RDS file, in the nodes of its document. */
export interface RouteNodes {
  readonly name: string;
  readonly entry: YAMLMap;
  /** The entries of `clusters` in its `weighted_clusters`; `null` when it has none. */
  readonly clusters: readonly Node[] | null;
  /** What keeps its split from being sticky and exactly as written. */
  readonly unfits: readonly Unfit[];
  /** The part that other places of the file share by an anchor, so that changing it changes them too; `null` for none. */
  readonly shared: string | null;
}

/** Every named route of every virtual host of every route configuration, in the order of the file. */
export function routeNodesOf(document: Document.Parsed): RouteNodes[] {
  const read = new Reader(document);
  return read
    .items(field(document.contents, 'resources'))
    .flatMap((resource) => read.items(read.field(resource, 'virtual_hosts')))
    .flatMap((host) => read.items(read.field(host, 'routes')))
    .flatMap((entry) => {
      // One that is written as an alias is the entry that it repeats, and changes with it.
      const name = isMap(entry) ? read.text(field(entry, 'name')) : undefined;
      return name === undefined ? [] : [routeNodes(read, name, entry as YAMLMap)];
    });
}

/** Whether this is what an RDS file holds: a discovery response. */
export function isDiscoveryResponse(document: Document.Parsed): boolean {
  return isSeq(field(document.contents, 'resources'));
}

function routeNodes(read: Reader, name: string, entry: YAMLMap): RouteNodes {
  const action = read.field(entry, 'route');
  const weighted = read.field(action, 'weighted_clusters');
  const clusters = read.resolved(read.field(weighted, 'clusters'));
  const metadata = field(entry, 'metadata');
  const filters = read.field(metadata, 'filter_metadata');
  return {
    name,
    entry,
    clusters: isSeq(clusters) ? (clusters.items as Node[]) : null,
    unfits: unfitnessOf({
      usesHashPolicy: read.value(read.field(weighted, 'use_hash_policy')) === true,
      hashPolicies: read.items(read.field(action, 'hash_policy')).length,
      headerName: read.text(read.field(weighted, 'header_name')) ?? '',
      runtimeKeyPrefix: read.text(read.field(weighted, 'runtime_key_prefix')) ?? '',
    }),
    shared: read.firstShared({
      route: action,
      weighted_clusters: weighted,
      clusters: read.field(weighted, 'clusters'),
      metadata,
      filter_metadata: filters,
      headgate: read.field(filters, 'headgate'),
    }),
  };
}

/** Reads a document as Envoy does: an alias is what it stands for. */
class Reader {
  private readonly targets = new Map<unknown, Node>();
  private readonly repeated = new Set<unknown>();

  constructor(document: Document.Parsed) {
    // In the order of the text: an alias stands for the newest node of its name before it.
    const anchored = new Map<string, Node>();
    visit(document, {
      Node: (_, node) => {
        const target = isAlias(node) ? anchored.get(node.source) : undefined;
        if (target !== undefined) {
          this.targets.set(node, target);
          this.repeated.add(target);
        }
        if (!isAlias(node) && node.anchor !== undefined) anchored.set(node.anchor, node);
      },
    });
  }

  resolved(node: unknown): unknown {
    return isAlias(node) ? this.targets.get(node) : node;
  }

  field(node: unknown, name: string): ParsedNode | undefined {
    return field(this.resolved(node), name);
  }

  items(node: unknown): Node[] {
    const list = this.resolved(node);
    return isSeq(list) ? (list.items as Node[]) : [];
  }

  value(node: unknown): unknown {
    const scalar = this.resolved(node);
    return isScalar(scalar) ? scalar.value : undefined;
  }

  text(node: unknown): string | undefined {
    const value = this.value(node);
    return typeof value === 'string' ? value : undefined;
  }

  firstShared(parts: Readonly<Record<string, unknown>>): string | null {
    const shared = Object.entries(parts).find(([, node]) => this.isShared(node));
    return shared?.[0] ?? null;
  }

  private isShared(node: unknown): boolean {
    return isAlias(node) || this.repeated.has(node);
  }
}

/** Envoy reads a field under its own name and in camel case. */
export function field(node: unknown, name: string): ParsedNode | undefined {
  if (!isMap(node)) return undefined;
  const map = node;
  const camelCase = name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const found = map.get(name, true) ?? map.get(camelCase, true);
  return found as ParsedNode | undefined;
}

export function textOf(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}
