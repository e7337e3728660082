"""Strongly connected components of a directed graph."""

from collections.abc import Iterator, Sequence

type Graph = Sequence[Sequence[int]]


def strongly_connected(edges: Graph) -> list[int]:
    """Give each node the number of its component (Kosaraju, without recursion).

    `edges[n]` lists the nodes that node n points to.
    """
    reverse: list[list[int]] = [[] for _ in edges]
    for node, targets in enumerate(edges):
        for target in targets:
            reverse[target].append(node)
    finished: list[int] = []
    seen = [False] * len(edges)
    for root in range(len(edges)):
        finished.extend(_by_finish(edges, root, seen))
    component = [-1] * len(edges)
    seen = [False] * len(edges)
    for number, root in enumerate(reversed(finished)):
        for node in _by_finish(reverse, root, seen):
            component[node] = number
    return component


def _by_finish(edges: Graph, root: int, seen: list[bool]) -> Iterator[int]:
    """Yield the unseen nodes that can be reached from `root`, each after those it leads to."""
    if seen[root]:
        return
    seen[root] = True
    path = [(root, iter(edges[root]))]
    while path:
        node, targets = path[-1]
        target = next((t for t in targets if not seen[t]), None)
        if target is None:
            path.pop()
            yield node
        else:
            seen[target] = True
            path.append((target, iter(edges[target])))
