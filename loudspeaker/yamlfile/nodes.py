"""What stands in one node of a file, for messages that tell what is wrong with it."""

from __future__ import annotations

import yaml


def is_empty(node: yaml.Node) -> bool:
    """Is nothing written there? Quotes with nothing between them are something."""
    return isinstance(node, yaml.ScalarNode) and not node.value and not node.style


def scalars(node: yaml.Node) -> list[str]:
    """The values of a short list or mapping; none where anything deeper is in it."""
    items = [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else node.value
    return [item.value for item in items] if all(isinstance(item, yaml.ScalarNode) for item in items) else []


def display(node: yaml.Node) -> str:
    """A value as its author would recognise it."""
    if isinstance(node, yaml.ScalarNode):
        return " ".join(node.value.split())
    words = ", ".join(scalars(node))
    return f"[{words}]" if words and isinstance(node, yaml.SequenceNode) else "…"
