//! Entry point of the browser application; everything else is in the library, where tests reach it.

fn main() {
    dashboard::run();
}
