import { isMap, isScalar, isSeq, type Document, type Node, type ParsedNode, type YAMLSeq } from 'yaml';

/** A route entry of an RDS file, in the nodes of its document. */
export interface RouteNodes {
  readonly name: string;
  /** The `clusters` of its `weighted_clusters`; `null` when it has none. */
  readonly clusters: YAMLSeq | null;
  /** What keeps its split from being sticky and exactly as written; `null` when nothing does. */
  readonly unfit: string | null;
}

/** Every named route of every virtual host of every route configuration, in the order of the file. */
export function routeNodesOf(document: Document.Parsed): RouteNodes[] {
  return items(field(document.contents, 'resources'))
    .flatMap((resource) => items(field(resource, 'virtual_hosts')))
    .flatMap((host) => items(field(host, 'routes')))
    .flatMap((entry) => {
      const name = textOf(field(entry, 'name'));
      return name === undefined ? [] : [routeNodes(name, entry)];
    });
}

/** Whether this is what an RDS file holds: a discovery response. */
export function isDiscoveryResponse(document: Document.Parsed): boolean {
  return isSeq(field(document.contents, 'resources'));
}

function routeNodes(name: string, entry: Node): RouteNodes {
  const action = field(entry, 'route');
  const weighted = field(action, 'weighted_clusters');
  const clusters = field(weighted, 'clusters');
  return {
    name,
    clusters: isSeq(clusters) ? clusters : null,
    unfit: unfitness({
      usesHashPolicy: valueOf(field(weighted, 'use_hash_policy')) === true,
      hashPolicies: items(field(action, 'hash_policy')).length,
      runtimeKeyPrefix: textOf(field(weighted, 'runtime_key_prefix')) ?? '',
    }),
  };
}

function unfitness(route: {
  readonly usesHashPolicy: boolean;
  readonly hashPolicies: number;
  readonly runtimeKeyPrefix: string;
}): string | null {
  if (route.runtimeKeyPrefix !== '')
    return 'its weighted_clusters has a runtime_key_prefix, by which others override weights';
  if (!route.usesHashPolicy) return 'its weighted_clusters lacks use_hash_policy: true';
  return route.hashPolicies === 0 ? 'it has no hash_policy' : null;
}

/** Envoy reads a field under its own name and in camel case. */
export function field(node: unknown, name: string): ParsedNode | undefined {
  if (!isMap(node)) return undefined;
  const map = node;
  const camelCase = name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const found = map.get(name, true) ?? map.get(camelCase, true);
  return found as ParsedNode | undefined;
}

function items(node: unknown): Node[] {
  return isSeq(node) ? (node.items as Node[]) : [];
}

export function textOf(node: unknown): string | undefined {
  const value = valueOf(node);
  return typeof value === 'string' ? value : undefined;
}

export function valueOf(node: unknown): unknown {
  return isScalar(node) ? node.value : undefined;
}
