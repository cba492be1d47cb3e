//! `POST /api/knowledge/upload` of PDF files and Word documents, honest and hostile.

use crate::caller::{Person, Reply};
use crate::desk::{chatbot_id, counts, house};
use crate::knowledge_surface::upload;
use crate::support::{Engine, TestApp, on_both};
use parlance::clock::MINUTE;
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A PDF of one page with this content stream, the stream's dictionary being `extra` besides its length.
fn pdf(content: &[u8], extra: &str) -> Vec<u8> {
    let stream = [
        format!("<< /Length {} {extra} >>\nstream\n", content.len()).as_bytes(),
        content,
        b"\nendstream",
    ]
    .concat();
    let objects: [&[u8]; 5] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        &stream,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n", number + 1).as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let table = file.len();
    file.extend_from_slice(b"xref\n0 6\n0000000000 65535 f \n");
    for place in places {
        file.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    let end = format!("trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
    file.extend_from_slice(end.as_bytes());
    file
}

fn pdf_of_text(text: &str) -> Vec<u8> {
    pdf(
        format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET").as_bytes(),
        "",
    )
}

fn package(name: &str, content: &[u8]) -> Vec<u8> {
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    package.start_file(name, options).unwrap();
    package.write_all(content).unwrap();
    package.finish().unwrap().into_inner()
}

fn docx(body: &str) -> Vec<u8> {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
    );
    package("word/document.xml", xml.as_bytes())
}

/// A zlib stream of spaces, 159 times as long unpacked: a length of 258 at distance 1, again and again.
fn bomb(bytes: usize) -> Vec<u8> {
    // Fixed Huffman codes (RFC 1951, section 3.2.6): 11000101 is the length 258, 00000 the distance 1.
    let pattern: Vec<u8> = {
        let copy = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
        let bits: Vec<u8> = copy.repeat(8);
        bits.chunks(8).map(pack).collect()
    };
    // The block's head (final, fixed codes), then a space and five bits that complete two bytes: they belong to the
    // first copy, so that every pattern begins in step.
    let head = [1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0];
    let mut bits: Vec<u8> = head.to_vec();
    bits.extend([1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
    let mut stream = vec![0x78, 0x9c];
    stream.extend(bits.chunks(8).map(pack));
    while stream.len() < bytes {
        stream.extend_from_slice(&pattern);
    }
    stream
}

/// Eight bits, the first the lowest.
fn pack(bits: &[u8]) -> u8 {
    bits.iter()
        .enumerate()
        .fold(0, |byte, (place, bit)| byte | bit << place)
}

async fn send(app: &TestApp, person: &Person, id: &str, name: &str, bytes: &[u8]) -> Reply {
    let parts: &[(&str, Option<&str>, &[u8])] = &[
        ("chatbotId", None, id.as_bytes()),
        ("file", Some(name), bytes),
    ];
    let reply = upload(app, person, parts).await;
    app.clock.advance(5 * MINUTE);
    reply
}

async fn content(app: &TestApp, person: &Person, item: &Value) -> String {
    let path = format!("/api/knowledge/{}", item["id"]);
    let item = person.get(app, &path).await.expect(200);
    item["content"].as_str().unwrap().trim().to_owned()
}

on_both!(pdf_and_word_files_are_read_by_what_is_in_them, |app| {
    let (owner, bot) = house(app).await;
    let id = chatbot_id(&bot);
    let file = pdf_of_text("We ship to Norway within five days.");
    for name in ["shipping.pdf", "shipping.txt", "shipping"] {
        let item = send(app, &owner, &id, name, &file).await.expect(201);
        assert_eq!(
            (&item["type"], &item["title"]),
            (&json!("document"), &json!(name))
        );
        assert_eq!(
            content(app, &owner, &item).await,
            "We ship to Norway within five days."
        );
    }
    let file = docx(
        "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Returns</w:t></w:r></w:p>\
         <w:p><w:r><w:t>Send it back within </w:t></w:r><w:r><w:t>30 days &amp; be happy.</w:t></w:r></w:p>",
    );
    let item = send(app, &owner, &id, "returns.docx", &file)
        .await
        .expect(201);
    assert_eq!(
        content(app, &owner, &item).await,
        "# Returns\n\nSend it back within 30 days & be happy."
    );
    let ask = format!("/api/chatbots/{id}/ask");
    for (question, answer) in [
        ("Do you ship to Norway?", "five days"),
        ("How do I send something back?", "30 days"),
    ] {
        let question = json!({"message": question});
        let reply = owner.call(app, "POST", &ask, &question).await.expect(200);
        assert!(reply["reply"].as_str().unwrap().contains(answer), "{reply}");
    }
});

#[tokio::test]
async fn files_that_cannot_be_read_are_refused_with_the_reason() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, bot) = house(&app).await;
    let id = chatbot_id(&bot);
    let before = counts(&app).await;
    let whole = pdf_of_text("Cut short.");
    let entities =
        "<!DOCTYPE d [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><w:p><w:t>&b;</w:t></w:p>";
    for (name, bytes, reason) in [
        ("scan.pdf", pdf(b"0 0 10 10 re f", ""), "scanned"),
        ("half.pdf", whole[..whole.len() / 2].to_vec(), "damaged"),
        (
            "noise.pdf",
            [b"%PDF-1.7\n".as_slice(), &[0xa5; 5_000]].concat(),
            "damaged",
        ),
        ("text.pdf", b"just text".to_vec(), "not what its name says"),
        ("text.docx", b"just text".to_vec(), "not what its name says"),
        (
            "other.docx",
            package("xl/workbook.xml", b"<workbook/>"),
            "damaged",
        ),
        (
            "noise.docx",
            [b"PK\x03\x04".as_slice(), &[0xa5; 5_000]].concat(),
            "damaged",
        ),
        ("broken.docx", docx("<w:p><w:t>"), ""),
        ("empty.docx", docx("<w:p></w:p>"), "no text"),
        (
            "entities.docx",
            package("word/document.xml", entities.as_bytes()),
            "no text",
        ),
        (
            "bomb.docx",
            docx(&" ".repeat(65 << 20)),
            "too large once it is unpacked",
        ),
        ("program.exe", b"MZ\x90".to_vec(), "only PDF"),
    ] {
        let refused = send(&app, &owner, &id, name, &bytes).await.expect(400);
        assert_eq!(refused["error"], "validation_failed", "{name}");
        assert!(
            refused["message"].as_str().unwrap().contains(reason),
            "{name}: {refused}"
        );
    }
    assert_eq!(counts(&app).await, before);
}

/// Ten megabytes that become one and a half gigabytes: the process that reads them ends, the server does not.
#[tokio::test]
async fn a_file_that_unpacks_to_more_than_the_memory_ends_only_its_reader() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, bot) = house(&app).await;
    let id = chatbot_id(&bot);
    let file = pdf(&bomb((10 << 20) - 2_000), "/Filter /FlateDecode");
    let refused = send(&app, &owner, &id, "bomb.pdf", &file).await;
    assert_eq!(refused.expect(400)["error"], "validation_failed");
    let honest = send(&app, &owner, &id, "honest.pdf", &pdf_of_text("Still here.")).await;
    honest.expect(201);
}
