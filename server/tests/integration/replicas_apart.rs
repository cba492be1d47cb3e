//! Two replicas whose Redis goes, hangs, comes back or was never there: nothing is lost or doubled, and nothing opens up.

use crate::caller::{Caller, Person};
use crate::desk::house;
use crate::guest::{Channel, Guest};
use crate::process::program;
use crate::replicas::{PATIENCE, Pair, listen, replies, row_with, site, spelling, thread};
use crate::support::{Engine, TestApp};
use parlance::clock::MINUTE;
use parlance::rates::Rule;
use serde_json::{Value, json};
use shared::account::UserRole;
use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};

/// A Redis of a test's own, ended with it.
struct OwnRedis {
    folder: TempDir,
    port: u16,
    running: Option<Child>,
}

impl OwnRedis {
    /// A place for one that does not run yet.
    fn planned() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            port: listener.local_addr().unwrap().port(),
            running: None,
        }
    }

    async fn started() -> Self {
        let mut redis = Self::planned();
        redis.start().await;
        redis
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    async fn start(&mut self) {
        self.start_with(&[]).await;
    }

    async fn start_with(&mut self, options: &[&str]) {
        let child = Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(self.folder.path())
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("redis-server can be started; tools/setup-test.sh installs it");
        self.running = Some(child);
        let answers = async {
            while !self.answers().await {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, answers).await.expect("Redis starts");
    }

    async fn answers(&self) -> bool {
        let Ok(mut socket) = TcpStream::connect(("127.0.0.1", self.port)).await else {
            return false;
        };
        // What it says depends on whether it wants a password; that it says something does not.
        let mut reply = [0; 5];
        socket.write_all(b"PING\r\n").await.is_ok() && socket.read_exact(&mut reply).await.is_ok()
    }

    async fn kill(&mut self) {
        self.running.take().unwrap().kill().await.unwrap();
    }

    /// Stops it without an end, or lets it go on.
    async fn signal(&self, signal: &str) {
        let id = self.running.as_ref().and_then(Child::id).unwrap();
        let told = Command::new("kill")
            .args([signal, &id.to_string()])
            .status()
            .await;
        assert!(told.unwrap().success());
    }
}

const RULE: Rule = Rule {
    name: "test",
    limit: 10,
    window: MINUTE,
};

async fn ends(mut channel: Channel) {
    let ends = async { while channel.next().await.is_some() {} };
    timeout(PATIENCE, ends).await.expect("the channel ends");
}

/// Of everything, and of events.
async fn health(app: &TestApp) -> (String, String) {
    let health = Caller::NOBODY.get(app, "/health/ready").await.expect(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (
        text(&health["status"]),
        text(&health["components"]["events"]),
    )
}

async fn an_outage(engine: Engine) {
    let mut redis = OwnRedis::started().await;
    let pair = Pair::on(&redis.url(), engine, |_| {}).await;
    let (one, two) = (&pair.one, &pair.two);
    pair.stands(true).await;
    let (owner, bot) = house(one).await;
    let leaver = Person::new(
        one,
        Some(owner.operator.account_id),
        "op@example.com",
        UserRole::Operator,
    )
    .await;
    let site = site(one, &bot).await;
    let guest = Guest::begun(two, &site).await;
    let mut visitor = guest.listen(two, "").await;
    let mut operator = listen(one, &owner).await;
    guest.say(two, "Before").await;
    let conversation = spelling(one, &owner).await;
    replies(one, &owner, &conversation, "Before as well").await;
    let mut seen = thread(&mut visitor, 2).await;
    let mut told = thread(&mut operator, 2).await;

    redis.kill().await;
    pair.stands(false).await;
    assert_eq!(health(one).await, ("degraded".into(), "degraded".into()));
    let leaving = listen(two, &leaver).await;
    for round in 0..3 {
        replies(one, &owner, &conversation, &format!("away {round}")).await;
        guest.say(two, &format!("still here {round}")).await;
    }
    seen.extend(thread(&mut visitor, 8).await);
    told.extend(thread(&mut operator, 8).await);
    // The list of conversations keeps up as well.
    row_with(&mut operator, "still here 2").await;
    leaver
        .call(one, "POST", "/auth/logout", &json!({}))
        .await
        .expect(204);
    ends(leaving).await;
    // What a replica counted before counts on.
    for app in [one, two] {
        for _ in 0..RULE.limit {
            app.take(RULE, "somebody").await.unwrap();
        }
        app.take(RULE, "somebody").await.unwrap_err();
    }

    redis.start().await;
    pair.stands(true).await;
    assert_eq!(health(one).await, ("ok".into(), "ok".into()));
    replies(one, &owner, &conversation, "After").await;
    guest.say(two, "After as well").await;
    seen.extend(thread(&mut visitor, 10).await);
    told.extend(thread(&mut operator, 10).await);
    let expected: Vec<(i64, String)> = [
        "Before",
        "Before as well",
        "away 0",
        "still here 0",
        "away 1",
        "still here 1",
        "away 2",
        "still here 2",
        "After",
        "After as well",
    ]
    .into_iter()
    .zip(1..)
    .map(|(text, seq)| (seq, text.to_owned()))
    .collect();
    assert_eq!(seen, expected);
    assert_eq!(told, expected);
    for app in [one, two] {
        app.take(RULE, "somebody").await.unwrap_err();
    }
    for _ in 0..RULE.limit {
        one.take(RULE, "somebody else").await.unwrap();
    }
    two.take(RULE, "somebody else").await.unwrap_err();
}

#[tokio::test]
async fn an_outage_loses_and_doubles_nothing_on_sqlite() {
    an_outage(Engine::Sqlite).await;
}

#[tokio::test]
async fn an_outage_loses_and_doubles_nothing_on_postgres() {
    an_outage(Engine::Postgres).await;
}

/// What is written as Redis dies, or before anybody has noticed, is heard once it is back.
#[tokio::test]
async fn what_falls_into_the_break_is_heard() {
    let mut redis = OwnRedis::started().await;
    let pair = Pair::on(&redis.url(), Engine::of_run(), |_| {}).await;
    pair.stands(true).await;
    let (_, bot) = house(&pair.one).await;
    let guest = Guest::begun(&pair.one, &site(&pair.one, &bot).await).await;
    let mut visitor = guest.listen(&pair.two, "").await;
    redis.kill().await;
    for number in 1..=3 {
        guest.say(&pair.one, &number.to_string()).await;
    }
    redis.start().await;
    let heard = thread(&mut visitor, 3).await;
    assert_eq!(heard, [(1, "1".into()), (2, "2".into()), (3, "3".into())]);
    pair.stands(true).await;
}

#[tokio::test]
async fn a_site_that_is_switched_off_meanwhile_ends_its_channels() {
    let mut redis = OwnRedis::started().await;
    let pair = Pair::on(&redis.url(), Engine::of_run(), |_| {}).await;
    pair.stands(true).await;
    let (owner, bot) = house(&pair.one).await;
    let guest = Guest::begun(&pair.one, &site(&pair.one, &bot).await).await;
    let mut visitor = guest.listen(&pair.two, "").await;
    redis.kill().await;
    pair.stands(false).await;
    let off = json!({"siteId": bot["id"], "enabled": false});
    owner
        .call(&pair.one, "PATCH", "/api/sites", &off)
        .await
        .expect(200);
    visitor.until("ended").await;
    ends(visitor).await;
}

/// A Redis that takes what it is told and says nothing must not slow what waits for a limit.
#[tokio::test]
async fn a_redis_that_hangs_slows_nothing_for_long() {
    let redis = OwnRedis::started().await;
    let pair = Pair::on(&redis.url(), Engine::of_run(), |_| {}).await;
    pair.stands(true).await;
    redis.signal("-STOP").await;
    let start = Instant::now();
    for number in 0..100 {
        let caller = number.to_string();
        pair.one.take(RULE, &caller).await.unwrap();
    }
    let taken = start.elapsed();
    assert!(taken < Duration::from_secs(2), "{taken:?}");
    pair.stands(false).await;
    redis.signal("-CONT").await;
    pair.stands(true).await;
}

#[tokio::test]
async fn who_starts_without_redis_serves_and_joins_when_it_comes() {
    let mut redis = OwnRedis::planned();
    let pair = Pair::on(&redis.url(), Engine::of_run(), |_| {}).await;
    let (owner, bot) = house(&pair.one).await;
    let guest = Guest::begun(&pair.two, &site(&pair.two, &bot).await).await;
    let mut visitor = guest.listen(&pair.two, "").await;
    guest.say(&pair.two, "Anybody there?").await;
    let conversation = spelling(&pair.one, &owner).await;
    replies(&pair.one, &owner, &conversation, "Yes").await;
    assert_eq!(thread(&mut visitor, 2).await.len(), 2);
    pair.stands(false).await;
    redis.start().await;
    pair.stands(true).await;
    replies(&pair.one, &owner, &conversation, "And now at once").await;
    assert_eq!(
        thread(&mut visitor, 3).await,
        [(3, "And now at once".into())]
    );
}

#[tokio::test]
async fn the_program_says_that_redis_is_not_there_and_when_it_is() {
    let mut redis = OwnRedis::planned();
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("parlance.db").display());
    let url = format!("redis://:hunter2@127.0.0.1:{}/0", redis.port);
    let mut command = program(&folder, &database);
    let mut server = command.env("PARLANCE_REDIS_URL", url).spawn().unwrap();
    let mut log = BufReader::new(server.stderr.take().unwrap()).lines();
    let mut said = String::new();
    let mut says = async |words: &str| {
        loop {
            let line = timeout(PATIENCE, log.next_line()).await;
            let line = line.unwrap_or_else(|_| panic!("no {words:?} in {said}"));
            said.push_str(&line.unwrap().unwrap());
            if said.contains(words) {
                return said.clone();
            }
        }
    };
    let warned = says("Redis cannot be used").await;
    assert!(warned.contains("WARN"), "{warned}");
    let mut output = BufReader::new(server.stdout.take().unwrap()).lines();
    let first = timeout(PATIENCE, output.next_line()).await.unwrap();
    assert!(first.unwrap().unwrap().starts_with("listening on"));
    redis.start_with(&["--requirepass", "hunter2"]).await;
    let all = says("shared with the other replicas").await;
    assert!(!all.contains("hunter2"), "{all}");
    server.kill().await.unwrap();
}
