//! The one integration binary of the server.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed, and says where"
)]

mod accounts;
mod activity;
mod answers;
mod api_keys;
mod before_chat;
mod blocking;
mod caller;
mod chatbots_chat;
mod chatbots_surface;
mod conversations;
mod deletion;
mod demo;
mod dependencies;
mod desk;
mod developer;
mod developer_accounts;
mod developer_chat;
mod developer_site;
mod developer_surface;
mod drain;
mod everyday;
mod guest;
mod helpdesk_begin;
mod helpdesk_surface;
mod house;
mod identity;
mod inbox_surface;
mod install_check;
mod instance_key;
mod isolation;
mod knowledge;
mod knowledge_surface;
mod limits;
mod live_surface;
mod mail;
mod metrics;
mod models;
mod net;
mod nudge_languages;
mod nudges;
mod one_core;
mod openapi;
mod openapi_committed;
mod operator_files;
mod origins;
mod outsider;
mod own_conversations;
mod pages;
mod process;
mod receiver;
mod replicas;
mod replicas_apart;
mod scrape;
mod scripted_model;
mod second_thoughts;
mod sent_files;
mod startup;
mod store;
mod store_account;
mod store_webhooks;
mod support;
mod tags_and_exports;
mod tenant_surface;
mod transcript;
mod transcript_mail;
mod turns;
mod upload_rules;
mod uploads;
mod visitor_surface;
mod voice;
mod web_server;
mod webhooks;
mod webhooks_begin;
mod webhooks_surface;
mod widget;
mod widget_input;
mod widget_state;
mod widget_stop;
mod widget_stream;
mod wrong_keys;
