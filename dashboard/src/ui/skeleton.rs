//! Grey shapes in the place of what is being fetched.

use leptos::prelude::*;

/// Rows of a list.
pub fn skeleton_rows(count: usize) -> AnyView {
    let rows = (0..count)
        .map(|_| {
            view! {
                <div class="skeleton-row">
                    <span class="skeleton circle"></span>
                    <span class="skeleton-lines"><span class="skeleton"></span><span class="skeleton short"></span></span>
                </div>
            }
        })
        .collect_view();
    view! { <div class="skeletons" role="status" aria-label="Loading">{rows}</div> }.into_any()
}

/// Framed parts of a page.
pub fn skeleton_cards(count: usize) -> AnyView {
    let cards = (0..count)
        .map(|_| {
            view! {
                <div class="card skeleton-card">
                    <span class="skeleton short"></span><span class="skeleton"></span><span class="skeleton"></span>
                </div>
            }
        })
        .collect_view();
    view! { <div class="skeletons cards" role="status" aria-label="Loading">{cards}</div> }
        .into_any()
}
