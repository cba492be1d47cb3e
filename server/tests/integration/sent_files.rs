//! Files from outside: what is taken, what is refused, what is served, and how they go.

use crate::caller::{Caller, Person, Reply};
use crate::desk::counts;
use crate::guest::Guest;
use crate::outsider::{Field, Outsider, bytes, path_of, png, quiet};
use crate::support::{Engine, TestApp, on_both};
use parlance::clock::HOUR;
use parlance::core::{file, job};
use parlance::store;
use serde_json::{Value, json};
use std::path::Path;

struct Room {
    owner: Person,
    outsider: Outsider,
    guest: Guest,
}

async fn room(app: &TestApp) -> Room {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, quiet()).await;
    let guest = Guest::begun(app, &site).await;
    let outsider = Outsider::at(&site, guest.session.as_deref().unwrap());
    Room {
        owner,
        outsider,
        guest,
    }
}

impl Room {
    async fn upload(&self, app: &TestApp, filename: &str, bytes: &[u8]) -> Reply {
        let fields: [Field<'_>; 1] = [("file", Some(filename), bytes)];
        self.outsider
            .send_form(app, &self.guest.path("upload"), &fields)
            .await
    }

    async fn refused_with(&self, app: &TestApp, files: &Value) -> Value {
        let request = json!({"message": "Look", "files": files});
        self.guest.post(app, "chat", request).await.expect(422)
    }
}

/// Files in the storage folder, wherever in it.
fn stored(app: &TestApp) -> usize {
    fn count(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().path())
            .map(|path| if path.is_dir() { count(&path) } else { 1 })
            .sum()
    }
    count(&app.config.data_dir.join("files"))
}

fn word() -> Vec<u8> {
    b"PK\x03\x04..[Content_Types].xml..word/document.xml..".to_vec()
}

on_both!(each_documented_kind_is_taken_by_its_content, |app| {
    let room = room(app).await;
    for (filename, content, shown, content_type, inline) in [
        ("cat.png", png(), "cat.png", "image/png", true),
        ("cat.exe", png(), "cat.exe.png", "image/png", true),
        (
            "a.pdf",
            b"%PDF-1.7 text".to_vec(),
            "a.pdf",
            "application/pdf",
            false,
        ),
        (
            "a.docx",
            word(),
            "a.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            false,
        ),
        ("a.txt", b"Hello".to_vec(), "a.txt", "text/plain", false),
        ("a.md", b"# Hello".to_vec(), "a.md", "text/markdown", false),
        ("a.csv", b"a,b".to_vec(), "a.csv", "text/csv", false),
        (
            "../../a.html.txt",
            b"<script>alert(1)</script>".to_vec(),
            "a.html.txt",
            "text/plain",
            false,
        ),
    ] {
        let file = room.upload(app, filename, &content).await.expect(200);
        assert_eq!(
            (&file["filename"], &file["content_type"]),
            (&json!(shown), &json!(content_type))
        );
        let path = path_of(&file["url"]);
        let (headers, bytes) = bytes(app, &room.guest, &path).await;
        let charset = if content_type.starts_with("text/") {
            "; charset=utf-8"
        } else {
            ""
        };
        assert_eq!(headers["content-type"], format!("{content_type}{charset}"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(
            headers["cache-control"],
            "private, max-age=31536000, immutable"
        );
        assert!(
            headers["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("sandbox")
        );
        let disposition = headers["content-disposition"].to_str().unwrap();
        assert_eq!(disposition.starts_with("inline"), inline, "{filename}");
        assert_eq!(
            i64::try_from(bytes.len()).unwrap(),
            file["size"].as_i64().unwrap()
        );
        if !inline {
            assert_eq!(bytes, content);
        }
    }
});

on_both!(hostile_files_are_refused_and_leave_nothing, |app| {
    let room = room(app).await;
    let before = counts(app).await;
    let mut cut = png();
    cut.truncate(40);
    for (filename, content) in [
        (
            "a.svg",
            &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..],
        ),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.html", b"<!doctype html><script>alert(1)</script>"),
        ("a.js", b"alert(1)"),
        ("a.exe", b"MZ\x90\0"),
        ("a.txt", b"nul\0byte"),
        ("a.zip", b"PK\x03\x04 an archive"),
        ("a.png", &cut),
        ("a.png", b""),
        ("", b"text"),
    ] {
        let refused = room.upload(app, filename, content).await;
        assert_eq!(
            refused.clone().expect(415)["code"],
            "unsupported_media_type",
            "{filename}"
        );
        let refused = room.outsider.upload(app, filename, content).await;
        assert_eq!(refused.expect(415)["success"], false);
    }
    for (filename, content) in [("a.pdf", &b"%PDF-1.7"[..]), ("a.txt", b"text")] {
        let refused = room.outsider.upload(app, filename, content).await;
        assert_eq!(
            refused.expect(415)["success"],
            false,
            "an image door takes images only"
        );
    }
    let large = vec![b'a'; (10 << 20) + 1];
    let refused = room.upload(app, "a.txt", &large).await;
    assert_eq!(refused.expect(413)["code"], "payload_too_large");
    let endless = vec![b'a'; 12 << 20];
    assert_eq!(room.upload(app, "a.txt", &endless).await.status, 413);
    let nothing: [Field<'_>; 1] = [("other", None, b"x")];
    let path = room.guest.path("upload");
    let refused = room.outsider.send_form(app, &path, &nothing).await;
    assert_eq!(refused.expect(422)["detail"], "file is required");
    let twice: [Field<'_>; 2] = [("file", Some("a.txt"), b"x"), ("file", Some("b.txt"), b"y")];
    assert_eq!(
        room.outsider.send_form(app, &path, &twice).await.status,
        422
    );
    assert_eq!(room.guest.post(app, "upload", json!({})).await.status, 415);
    assert_eq!(counts(app).await, before, "no row");
    assert_eq!(stored(app), 0, "no bytes");
});

on_both!(the_largest_file_is_taken, |app| {
    let room = room(app).await;
    let file = room
        .upload(app, "a.txt", &vec![b'a'; 10 << 20])
        .await
        .expect(200);
    assert_eq!(file["size"], 10 << 20);
});

on_both!(
    a_file_goes_with_one_message_of_its_own_conversation,
    |app| {
        let room = room(app).await;
        let file = room.upload(app, "cat.png", &png()).await.expect(200);
        let other = Guest::begun(app, &app_site(app, &room).await).await;
        let stolen = json!({"message": "Look", "files": [file["id"]]});
        other.post(app, "chat", stolen).await.expect(422);
        let id = &file["id"];
        for bad in [
            json!([999_999]),
            json!([id, id]),
            json!("x"),
            json!(["x"]),
            json!(vec![1; 11]),
        ] {
            room.refused_with(app, &bad).await;
        }
        let request = json!({"message": "My cat", "files": [id], "message_id": "m_1"});
        for _ in 0..2 {
            let (_, events) = room.guest.ask(app, request.clone()).await;
            assert_eq!(events.last().unwrap().kind(), "done");
        }
        room.refused_with(app, &json!([id])).await;
        let history = room.guest.get(app, "history").await.expect(200);
        assert_eq!(history["messages"].as_array().unwrap().len(), 1);
        assert_eq!(history["messages"][0]["files"], json!([file]));
    }
);

async fn app_site(app: &TestApp, room: &Room) -> store::site::Site {
    let mut connection = app.db.read().await.unwrap();
    let slug = room.guest.bot.strip_prefix("ch_").unwrap();
    store::site::by_slug(&mut connection, slug)
        .await
        .unwrap()
        .unwrap()
}

on_both!(twenty_files_of_a_session_and_hour_are_enough, |app| {
    let room = room(app).await;
    for number in 0..20 {
        room.upload(app, "a.txt", format!("{number}").as_bytes())
            .await
            .expect(200);
        app.clock.advance(1_000);
    }
    let refused = room.upload(app, "a.txt", b"one more").await;
    assert_eq!(refused.headers["retry-after"], (3_600 - 20).to_string());
    assert_eq!(refused.expect(429)["code"], "rate_limited");
    app.clock.advance(HOUR - 20_000);
    room.upload(app, "a.txt", b"the next hour")
        .await
        .expect(200);
});

on_both!(nobody_guesses_a_files_address, |app| {
    let room = room(app).await;
    let file = room.upload(app, "a.txt", b"text").await.expect(200);
    let name = path_of(&file["url"]);
    let name = name.strip_prefix("/files/").unwrap();
    let (random, ending) = name.split_once('.').unwrap();
    assert_eq!((random.len(), ending), (32, "txt"), "128 random bits");
    assert!(random.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let id = file["id"].to_string();
    for guess in [
        &id,
        random,
        "..%2F..%2Fparlance.db",
        "%00",
        "1%2F1%2Fa.txt",
        "x.txt",
    ] {
        let reply = Caller::NOBODY.get(app, &format!("/files/{guess}")).await;
        assert_eq!(reply.status, 404, "{guess}");
    }
});

on_both!(files_go_with_their_chatbot, |app| {
    let room = room(app).await;
    let file = room.upload(app, "cat.png", &png()).await.expect(200);
    room.guest
        .ask(app, json!({"message": "My cat", "files": [file["id"]]}))
        .await;
    room.upload(app, "unsent.txt", b"text").await.expect(200);
    assert_eq!(stored(app), 2);
    let path = format!("/bots/{}", room.guest.bot);
    room.owner
        .call(app, "DELETE", &path, &Value::Null)
        .await
        .expect(204);
    assert_eq!(
        Caller::NOBODY.get(app, &path_of(&file["url"])).await.status,
        404
    );
    while job::run_due(app).await.unwrap() > 0 {}
    assert_eq!(stored(app), 0, "the bytes are gone too");
    assert_eq!(counts(app).await["jobs"], 0);
});

on_both!(files_go_when_they_are_too_old, |app| {
    let room = room(app).await;
    let old = room.upload(app, "old.txt", b"old").await.expect(200);
    app.clock.advance(HOUR);
    let new = room.upload(app, "new.txt", b"new").await.expect(200);
    let account_id = room.owner.operator.account_id;
    let before = app.now() - HOUR / 2;
    assert_eq!(
        file::forget_older(app, account_id + 1, before)
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        file::forget_older(app, account_id, before).await.unwrap(),
        1
    );
    while job::run_due(app).await.unwrap() > 0 {}
    assert_eq!(stored(app), 1);
    assert_eq!(
        Caller::NOBODY.get(app, &path_of(&old["url"])).await.status,
        404
    );
    bytes(app, &room.guest, &path_of(&new["url"])).await;
});

on_both!(files_go_with_their_conversation, |app| {
    let room = room(app).await;
    room.upload(app, "a.txt", b"text").await.expect(200);
    let other = Guest::begun(app, &app_site(app, &room).await).await;
    let fields: [Field<'_>; 1] = [("file", Some("b.txt"), b"text")];
    room.outsider
        .send_form(app, &other.path("upload"), &fields)
        .await
        .expect(200);
    let visitor = {
        let mut connection = app.db.read().await.unwrap();
        let site =
            store::site::by_slug(&mut connection, room.guest.bot.strip_prefix("ch_").unwrap());
        let site = site.await.unwrap().unwrap();
        let key = room.guest.session.as_deref().unwrap();
        parlance::core::session::find(&mut connection, site, key)
            .await
            .unwrap()
    };
    let now = app.now();
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                file::forget_conversation(transaction, &visitor.conversation, now).await
            })
        })
        .await
        .unwrap();
    while job::run_due(app).await.unwrap() > 0 {}
    assert_eq!(stored(app), 1, "the other conversation keeps its file");
});

/// A storage that cannot be written: its folder is a file.
#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing_behind() {
    let app = TestApp::new(Engine::of_run()).await;
    let room = room(&app).await;
    let folder = app.config.data_dir.join("files");
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "in the way").unwrap();
    let refused = room.upload(&app, "a.txt", b"text").await;
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(refused.expect(503)["code"], "storage_unavailable");
    std::fs::remove_file(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    assert_eq!(counts(&app).await["files"], 1, "still to be undone");
    app.clock.advance(HOUR);
    assert_eq!(job::run_due(&app).await.unwrap(), 1);
    let counts = counts(&app).await;
    assert_eq!((counts["files"], counts["jobs"]), (0, 0));
}

#[tokio::test]
async fn strangers_upload_nothing() {
    let app = TestApp::new(Engine::of_run()).await;
    let room = room(&app).await;
    let mut nobody = room.guest.clone();
    nobody.session = None;
    let fields: [Field<'_>; 1] = [("file", Some("a.txt"), b"text")];
    let refused = room
        .outsider
        .send_form(&app, &nobody.path("upload"), &fields)
        .await;
    assert_eq!(refused.expect(422)["detail"], "session_id is required");
    nobody.session = Some("00000000-0000-4000-8000-000000000000".into());
    let refused = room
        .outsider
        .send_form(&app, &nobody.path("upload"), &fields)
        .await;
    assert_eq!(refused.status, 404);
    assert_eq!(stored(&app), 0);
}
