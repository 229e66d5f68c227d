"""What people write, as a tree of the few kinds of nodes that a report allows: read once, for HTML and PDF alike.

Belongs here: reading Markdown and the HTML of its tree. Does not belong here: the PDF's side (templates/document.typ
walks the same tree), and where texts stand. Raw HTML and pictures are no nodes: they come out as the text that they are
written with.
"""

from __future__ import annotations

from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup, escape

Node = dict[str, Any]  # {"kind": …, "children": [Node], and what the kind needs}: JSON, as typst reads it

_CONTAINERS = {
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
    "strong": "strong",
    "em": "em",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
}
_SCHEMES = ("https://", "http://", "mailto:")


def parse(text: str) -> list[Node]:
    """The tree of a Markdown text.

    Headings get a `level` from 1, without gaps: what is written as '###' first is level 1 all the same.
    """
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    return _nodes(SyntaxTreeNode(reader.parse(text)).children, [])


def _nodes(trees: list[SyntaxTreeNode], open_headings: list[int]) -> list[Node]:
    found: list[Node] = []
    for tree in trees:
        match tree.type:
            case "inline":
                found += _nodes(tree.children, open_headings)
            case "text":
                found.append({"kind": "text", "text": tree.content})
            case "softbreak":
                found.append({"kind": "text", "text": " "})
            case "hardbreak":
                found.append({"kind": "br"})
            case "code_inline" | "code_block" | "fence":
                found.append({"kind": "code", "text": tree.content.rstrip("\n")})
            case "hr":
                found.append({"kind": "hr"})
            case "link":
                children, target = _nodes(tree.children, open_headings), str(tree.attrs.get("href", ""))
                found += (
                    [{"kind": "a", "href": target, "children": children}] if target.startswith(_SCHEMES) else children
                )
            case "heading":
                written = int(tree.tag[1])
                while open_headings and open_headings[-1] >= written:
                    open_headings.pop()
                open_headings.append(written)
                found.append(
                    {"kind": "h", "level": len(open_headings), "children": _nodes(tree.children, open_headings)}
                )
            case "paragraph" if tree.hidden:  # an item of a tight list
                found += _nodes(tree.children, open_headings)
            case "th" | "td":
                found.append({"kind": tree.type, "children": _nodes(tree.children, open_headings)})
            case known if known in _CONTAINERS:
                node: Node = {"kind": _CONTAINERS[known], "children": _nodes(tree.children, open_headings)}
                if known == "ordered_list":
                    node["start"] = int(tree.attrs.get("start", 1))
                found.append(node)
            case _:
                found.append({"kind": "text", "text": tree.content})
    return found


def to_html(nodes: list[Node], level: int) -> Markup:
    """The HTML of a tree. level: that of the heading above, so that headings within the text come one below it (at most
    h6).
    """
    return Markup("").join(_html(node, level) for node in nodes)


def _html(node: Node, level: int) -> Markup:
    kind = node["kind"]
    if kind == "text":
        return escape(node["text"])
    if kind in ("br", "hr"):
        return Markup(f"<{kind}>")
    if kind == "code":
        return Markup("<code>{}</code>").format(node["text"])
    inner = to_html(node["children"], level)
    if kind == "a":
        return Markup('<a href="{}" rel="noopener">{}</a>').format(node["href"], inner)
    if kind == "h":
        tag = f"h{min(level + node['level'], 6)}"
        return Markup(f"<{tag}>{inner}</{tag}>\n")
    if kind == "ol":
        return Markup(f'<ol start="{node["start"]}">{inner}</ol>\n')
    if kind == "th":
        return Markup(f'<th scope="col">{inner}</th>')
    return Markup(f"<{kind}>{inner}</{kind}>") + ("\n" if kind in ("p", "ul", "blockquote", "table") else "")
