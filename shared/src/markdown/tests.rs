use super::parse::parse;
use super::{Block, Inline, safe_address};

/// A short notation of the tree, so that a case fits on a line.
fn show(text: &str) -> String {
    blocks(&parse(text, false))
}

fn show_open(text: &str) -> String {
    blocks(&parse(text, true))
}

fn blocks(blocks: &[Block]) -> String {
    blocks.iter().map(block).collect::<Vec<_>>().join(" ")
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(content) => format!("p({})", inlines(content)),
        Block::Heading(level, content) => format!("h{level}({})", inlines(content)),
        Block::Code { language, text } => format!("pre[{language}]({})", text.replace('\n', "⏎")),
        Block::List { start, items } => {
            let items: Vec<_> = items
                .iter()
                .map(|item| format!("li({})", blocks(item)))
                .collect();
            let name = start.map_or("ul".to_owned(), |start| format!("ol{start}"));
            format!("{name}({})", items.join(""))
        }
        Block::Quote(content) => format!("quote({})", blocks(content)),
        Block::Table { head, rows } => {
            let row = |row: &Vec<Vec<Inline>>| {
                row.iter()
                    .map(|cell| inlines(cell))
                    .collect::<Vec<_>>()
                    .join("|")
            };
            let rows: Vec<_> = rows.iter().map(row).collect();
            format!("table({} / {})", row(head), rows.join(" / "))
        }
        Block::Rule => "hr".into(),
    }
}

fn inlines(nodes: &[Inline]) -> String {
    nodes.iter().map(inline).collect()
}

fn inline(node: &Inline) -> String {
    match node {
        Inline::Text(text) => text.clone(),
        Inline::Break => "⏎".into(),
        Inline::Strong(content) => format!("b({})", inlines(content)),
        Inline::Emphasis(content) => format!("i({})", inlines(content)),
        Inline::Struck(content) => format!("s({})", inlines(content)),
        Inline::Code(text) => format!("code({text})"),
        Inline::Link { address, content } => format!("a[{address}]({})", inlines(content)),
        Inline::Reference(number) => format!("ref({number})"),
    }
}

#[test]
fn paragraphs_keep_their_line_breaks() {
    assert_eq!(show("one\ntwo\n\nthree"), "p(one⏎two) p(three)");
    assert_eq!(show("one  \ntwo\\\nthree\r\nfour"), "p(one⏎two⏎three⏎four)");
    assert_eq!(show(""), "");
    assert_eq!(show(" \n\t\n"), "");
}

#[test]
fn headings_need_a_space() {
    assert_eq!(show("# A\n### B ###\n#C"), "h1(A) h3(B) p(#C)");
    assert_eq!(show("## C#"), "h2(C#)");
    assert_eq!(show("####### seven"), "p(####### seven)");
}

#[test]
fn emphasis() {
    assert_eq!(
        show("**a** *b* __c__ _d_ ~~e~~"),
        "p(b(a) i(b) b(c) i(d) s(e))"
    );
    assert_eq!(show("***a***"), "p(b(i(a)))");
    assert_eq!(show("***a** b*"), "p(i(b(a) b))");
    assert_eq!(show("**a *b* c**"), "p(b(a i(b) c))");
    assert_eq!(
        show("snake_case_name and 2 * 3 * 4"),
        "p(snake_case_name and 2 * 3 * 4)"
    );
    assert_eq!(show("**open and *more"), "p(**open and *more)");
    assert_eq!(show("a ~ b ~~~~ c"), "p(a ~ b ~~~~ c)");
}

#[test]
fn code() {
    assert_eq!(
        show("use `a*b*` and ``c`d``"),
        "p(use code(a*b*) and code(c`d))"
    );
    assert_eq!(show("a ` b"), "p(a ` b)");
    assert_eq!(
        show("```rust\nfn a() {\n  1\n}\n```\nafter"),
        "pre[rust](fn a() {⏎  1⏎}) p(after)"
    );
    assert_eq!(show("~~~\n```\n~~~"), "pre[](```)");
    assert_eq!(
        show("```\nnever closed\n\n**x**"),
        "pre[](never closed⏎⏎**x**)"
    );
}

#[test]
fn lists() {
    assert_eq!(
        show("- a\n- b\n  - c\n  - d\n- e"),
        "ul(li(p(a))li(p(b) ul(li(p(c))li(p(d))))li(p(e)))"
    );
    assert_eq!(show("1. a\n2. b\n\n3. c"), "ol1(li(p(a))li(p(b))li(p(c)))");
    assert_eq!(show("3) a\n4) b"), "ol3(li(p(a))li(p(b)))");
    assert_eq!(
        show("1. a\n   - b\n2. c"),
        "ol1(li(p(a) ul(li(p(b))))li(p(c)))"
    );
    assert_eq!(show("- a\n\n  b\n- c"), "ul(li(p(a) p(b))li(p(c)))");
    assert_eq!(show("text\n- a"), "p(text) ul(li(p(a)))");
    assert_eq!(show("in\n1999. it was"), "p(in⏎1999. it was)");
    assert_eq!(show("- a\nlazy\n\nafter"), "ul(li(p(a⏎lazy))) p(after)");
    assert_eq!(
        show("1. do\n   ```\n   x\n   ```\n2. go"),
        "ol1(li(p(do) pre[](x))li(p(go)))"
    );
    assert_eq!(show("* a\n- b"), "ul(li(p(a))) ul(li(p(b)))");
    assert_eq!(show("-"), "ul(li())");
}

#[test]
fn quotes_and_rules() {
    assert_eq!(show("> a\n> - b\n\nc"), "quote(p(a) ul(li(p(b)))) p(c)");
    assert_eq!(show("a\n\n---\n* * *"), "p(a) hr hr");
}

#[test]
fn tables() {
    assert_eq!(
        show("| a | b |\n|---|:-:|\n| 1 | **2** |\n| 3 |"),
        "table(a|b / 1|b(2) / 3|)"
    );
    assert_eq!(
        show("before\na | b\n--|--\n1 | x\\|y"),
        "p(before) table(a|b / 1|x|y)"
    );
    assert_eq!(show("a | b"), "p(a | b)");
    // No word is lost where a row has more cells than the table has columns.
    assert_eq!(
        show("| a | b |\n|---|---|\n| 1 | 2 | 3 |"),
        "table(a|b / 1|2|3)"
    );
    assert_eq!(show_open("| a | b | c |\n|--"), "table(a|b|c / )");
}

#[test]
fn links() {
    assert_eq!(
        show("[a **b**](https://x.test/y_z?q=1 \"t\")"),
        "p(a[https://x.test/y_z?q=1](a b(b)))"
    );
    assert_eq!(
        show("see https://x.test/a_(b)."),
        "p(see a[https://x.test/a_(b)](https://x.test/a_(b)).)"
    );
    assert_eq!(
        show("<https://x.test> <mailto:a@b.test>"),
        "p(a[https://x.test](https://x.test) a[mailto:a@b.test](a@b.test))"
    );
    assert_eq!(
        show("[a](https://x.test/(b))"),
        "p(a[https://x.test/(b)](a))"
    );
    assert_eq!(
        show("[https://y.test](https://x.test)"),
        "p(a[https://x.test](https://y.test))"
    );
    assert_eq!(
        show("**https://x.test**"),
        "p(b(a[https://x.test](https://x.test)))"
    );
}

#[test]
fn only_web_and_mail_addresses_become_links() {
    for address in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.test",
        "/local",
        "https:evil.test",
        "java\tscript:alert(1)",
        "\u{1}https://x.test",
        "https://x.test/\u{7f}",
        "",
    ] {
        assert_eq!(safe_address(address), None, "{address:?}");
    }
    assert_eq!(show("[a](javascript:alert(1)) b"), "p(a b)");
    assert_eq!(show("<javascript:alert(1)>"), "p(<javascript:alert(1)>)");
    assert_eq!(safe_address(" HTTPS://x.test "), Some("HTTPS://x.test"));
    assert_eq!(safe_address("mailto:a@b.test"), Some("mailto:a@b.test"));
}

#[test]
fn images_become_links_with_their_words() {
    assert_eq!(
        show("![a cat](https://x.test/c.png)"),
        "p(a[https://x.test/c.png](a cat))"
    );
    assert_eq!(
        show("![](https://x.test/c.png)"),
        "p(a[https://x.test/c.png](https://x.test/c.png))"
    );
    assert_eq!(show("![a cat](data:image/png;base64,AAAA)"), "p(a cat)");
    assert_eq!(
        show("[![a](https://x.test/c.png)](https://y.test)"),
        "p(a[https://y.test](a))"
    );
}

#[test]
fn html_is_text() {
    assert_eq!(
        show("<script>alert(1)</script>"),
        "p(<script>alert(1)</script>)"
    );
    assert_eq!(
        show("<img src=x onerror=alert(1)>"),
        "p(<img src=x onerror=alert(1)>)"
    );
    assert_eq!(show("a<br>b"), "p(a⏎b)");
}

#[test]
fn references_to_sources() {
    assert_eq!(
        show("so it is [1][2], [3, 4]."),
        "p(so it is ref(1)ref(2), ref(3)ref(4).)"
    );
    assert_eq!(show("[0] [1000] [] [a]"), "p([0] [1000] [] [a])");
    assert_eq!(show("[1](https://x.test)"), "p(a[https://x.test](1))");
}

#[test]
fn escapes() {
    assert_eq!(show("\\*a\\* \\[1\\] \\`"), "p(*a* [1] `)");
    assert_eq!(show("a\\b \\"), "p(a\\b \\)");
}

#[test]
fn a_growing_text_is_shown_as_if_its_marks_were_closed() {
    assert_eq!(show_open("**bo"), "p(b(bo))");
    assert_eq!(show_open("a **"), "p(a )");
    assert_eq!(show_open("a *b **c"), "p(a i(b b(c)))");
    assert_eq!(show_open("run `cargo b"), "p(run code(cargo b))");
    assert_eq!(show_open("see [the do"), "p(see the do)");
    assert_eq!(show_open("see [the docs](https://x.te"), "p(see the docs)");
    assert_eq!(show_open("true ["), "p(true )");
    assert_eq!(show_open("true [1"), "p(true )");
    assert_eq!(show_open("```js\nlet a"), "pre[js](let a)");
    assert_eq!(show_open("**done**\n\nnext **b"), "p(b(done)) p(next b(b))");
    assert_eq!(show_open("**not closed\n\nnext"), "p(**not closed) p(next)");
}

/// Every prefix parses, and what a streaming reader sees never has more visible text than what was sent.
#[test]
fn every_prefix_of_a_rich_text_parses() {
    let text = "# T\n\n**b** [l](https://x.test) `c` 👩‍👩‍👧\n\n> q\n\n1. a\n   - b\n\n| a | b |\n|--|--|\n| ![x](y) | [1] |\n\n```x\ncode";
    for (end, _) in text.char_indices() {
        let shown = show_open(&text[..end]);
        assert!(shown.len() <= 6 * end + 16, "{end}: {shown}");
    }
}

/// Texts made to keep a parser busy: each must end, quickly, without deep nesting.
#[test]
fn hostile_texts_stay_cheap() {
    let size = 16 * 1024;
    let seeds = [
        "*",
        "**a ",
        "_a_",
        "[",
        "](",
        "![",
        "[a](",
        "`",
        "`a``b",
        "> ",
        ">",
        "- ",
        "* * ",
        "<",
        "\\",
        "https://",
        "mailto:)",
        "|",
        "a|b\n-|-\n",
        "~~",
        "#",
        "1. ",
        "[1",
        "***a** ",
        "**_",
        "\u{202e}",
        "-\n",
        "  - a\n",
        "((((",
    ];
    for seed in seeds {
        let text = seed.repeat(size / seed.len());
        for open in [false, true] {
            assert!(depth(&parse(&text, open)) < 64, "{seed:?}");
        }
    }
    let staircase: String = (0..200)
        .map(|level| format!("{}- a\n", "  ".repeat(level)))
        .collect();
    assert!(depth(&parse(&staircase, false)) < 64);
}

pub(super) fn depth(blocks: &[Block]) -> usize {
    let inner = |block: &Block| match block {
        Block::Quote(content) => depth(content),
        Block::List { items, .. } => items.iter().map(|item| depth(item)).max().unwrap_or(0),
        Block::Paragraph(content) | Block::Heading(_, content) => inline_depth(content),
        _ => 0,
    };
    1 + blocks.iter().map(inner).max().unwrap_or(0)
}

fn inline_depth(nodes: &[Inline]) -> usize {
    let inner = |node: &Inline| match node {
        Inline::Strong(content) | Inline::Emphasis(content) | Inline::Struck(content) => {
            inline_depth(content)
        }
        Inline::Link { content, .. } => inline_depth(content),
        _ => 0,
    };
    1 + nodes.iter().map(inner).max().unwrap_or(0)
}
