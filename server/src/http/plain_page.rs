//! The page that says one thing to people: why there is nothing to see.

use super::security::PagePolicy;
use axum::response::{Html, IntoResponse, Response};

/// Complete in itself: it is also what a program without its pages shows.
const PAGE: &str = include_str!("plain_page.html");

/// A page of a heading, a paragraph and the way to the start page. Both texts are HTML of ours.
pub fn plain_page(title: &str, text: &str) -> Response {
    let page = PAGE.replace("{{title}}", title).replace("{{text}}", text);
    let policy = PagePolicy::of_page(&page);
    let mut response = Html(page).into_response();
    policy.apply(response.headers_mut());
    response
}
