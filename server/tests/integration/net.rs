//! Outgoing HTTP: what it refuses before and while connecting, and how it follows redirects.

use crate::support::{Engine, config};
use parlance::config::{Config, ModelConfig};
use parlance::net::{Net, Post, Unanswered};
use shared::error::ErrorCode;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

async fn plain() -> Config {
    config(Engine::Sqlite, &tempfile::tempdir().unwrap()).await
}

/// A network in which only loopback may be reached beside the public internet.
async fn inside() -> Net {
    let mut config = plain().await;
    config.egress_allow = vec!["127.0.0.0/8".parse().unwrap()];
    Net::new(&config).unwrap()
}

/// Answers every request with the next of these replies, the last again and again.
async fn serve(replies: Vec<String>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut number = 0;
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4_096];
            let _ = socket.read(&mut request).await;
            let reply = &replies[usize::min(number, replies.len() - 1)];
            number += 1;
            let _ = socket.write_all(reply.as_bytes()).await;
        }
    });
    address
}

fn redirect(to: &str) -> String {
    format!(
        "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

#[tokio::test]
async fn private_addresses_are_refused_in_every_spelling() {
    let net = Net::new(&plain().await).unwrap();
    for address in [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.1./",
        "http://１２７.０.０.１/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "http://0/",
        "http://[fe80::1]/",
        // No private address, but forbidden all the same.
        "ftp://example.com/",
        "file:///etc/passwd",
        "http://user@example.com/",
        "http://user:word@example.com/",
        "http://example.com:22/",
        "http://example.com:6379/",
        "not an address",
        "http://",
    ] {
        let error = net.check(address).expect_err(address);
        assert_eq!(error.code, ErrorCode::ForbiddenAddress, "{address}");
    }
    for address in [
        "https://example.com/path?q=1",
        "http://example.com:8080/",
        "https://example.com:8443/",
        "https://1.1.1.1/",
        "https://[2606:4700:4700::1111]/",
    ] {
        assert!(net.check(address).is_ok(), "{address}");
    }
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_when_it_is_resolved() {
    let net = Net::new(&plain().await).unwrap();
    for name in ["http://localhost/", "http://LOCALHOST:8080/"] {
        let url = net.check(name).unwrap();
        let error = net.get(url).await.expect_err(name);
        assert_eq!(error.code, ErrorCode::ForbiddenAddress, "{name}");
    }
}

#[tokio::test]
async fn an_allowed_network_is_reached_on_any_port_and_by_name() {
    let address = serve(vec![OK.into()]).await;
    let net = inside().await;
    for url in [
        format!("http://{address}/"),
        format!("http://localhost:{}/", address.port()),
        format!("http://[::ffff:127.0.0.1]:{}/", address.port()),
    ] {
        let url = net.check(&url).unwrap();
        assert_eq!(
            net.get(url.clone()).await.unwrap().text().await.unwrap(),
            "ok",
            "{url}"
        );
    }
    let outside = format!("http://10.0.0.1:{}/", address.port());
    assert!(net.check(&outside).is_err());
    assert!(
        net.check("http://8.8.8.8:22/").is_err(),
        "odd ports only inside"
    );
}

#[tokio::test]
async fn redirects_are_judged_each_and_counted() {
    let net = inside().await;
    for target in [
        "http://10.0.0.1/",
        "http://[::1]/",
        "file:///etc/passwd",
        "http://user@127.0.0.1/",
    ] {
        let address = serve(vec![redirect(target)]).await;
        let url = net.check(&format!("http://{address}/")).unwrap();
        let error = net.get(url).await.expect_err(target);
        assert_eq!(error.code, ErrorCode::ForbiddenAddress, "{target}");
    }
    let mut replies = vec![redirect("/next"); 5];
    replies.push(OK.into());
    let address = serve(replies).await;
    let url = net.check(&format!("http://{address}/")).unwrap();
    assert_eq!(net.get(url).await.unwrap().status(), 200);
    let address = serve(vec![redirect("/again")]).await;
    let url = net.check(&format!("http://{address}/")).unwrap();
    assert_eq!(
        net.get(url).await.unwrap_err().code,
        ErrorCode::ForbiddenAddress
    );
}

#[tokio::test]
async fn the_configured_model_is_reached_at_its_host_and_port_only() {
    let address = serve(vec![OK.into()]).await;
    let mut config = plain().await;
    config.model = Some(ModelConfig {
        base_url: format!("http://{address}/v1"),
        api_key: None,
        model: "m".into(),
    });
    let net = Net::new(&config).unwrap();
    let model = format!("http://{address}/v1/chat/completions");
    let url = net.check_model(&model).unwrap();
    let request = net.request(reqwest::Method::GET, url.clone()).unwrap();
    assert_eq!(request.send().await.unwrap().status(), 200);
    for other in [
        "http://127.0.0.1:1/".to_owned(),
        format!("http://127.0.0.2:{}/", address.port()),
        "http://127.0.0.1/".to_owned(),
        format!("http://user@{address}/v1"),
    ] {
        assert!(net.check_model(&other).is_err(), "{other}");
    }
    // Addresses that others choose do not lead there: neither a page to read nor a webhook.
    assert!(net.check(&model).is_err());
    assert_eq!(
        net.get(url.clone()).await.unwrap_err().code,
        ErrorCode::ForbiddenAddress
    );
    let post = Post {
        url,
        headers: &BTreeMap::new(),
        body: String::new(),
        patience: Duration::from_secs(5),
        keep: 10,
    };
    assert_eq!(net.post(post).await, Err(Unanswered::Forbidden));
}
