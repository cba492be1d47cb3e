//! Load on the widget's API; prints one line of JSON.
//!
//!   loadgen turns --url http://…/widget/chat --init-url http://…/widget/session/init --bot-id ch_… --visitors 32
//!   loadgen turns --url http://…/api/v1/chat/stream --site-key sk_… --visitors 32
//!   loadgen turns --url http://…/v1/chat/completions                  the model itself, without anything between
//!   loadgen hold  --url 'http://…/widget/events?bot_id=ch_…&session_id={session}' --init-url … --channels 1000
//!   loadgen usage --pid PID

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use loadgen::connection::Address;
use loadgen::figures::round;
use loadgen::processes::Watch;
use loadgen::{hold, turns, words};
use serde_json::json;
use std::time::Duration;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Visitors who chat.
    Turns(TurnArguments),
    /// Live channels on which nothing happens.
    Hold(HoldArguments),
    /// What a process has used so far.
    Usage {
        #[arg(long)]
        pid: u32,
    },
}

#[derive(Args)]
struct TurnArguments {
    #[arg(long)]
    url: Address,
    #[arg(long, requires = "bot_id")]
    init_url: Option<Address>,
    #[arg(long)]
    bot_id: Option<String>,
    /// Takes the turns by the visitor API, whose callers make their own sessions.
    #[arg(long, conflicts_with = "bot_id")]
    site_key: Option<String>,
    #[arg(long, default_value_t = 1)]
    visitors: usize,
    #[arg(long, default_value_t = 5)]
    turns_per_session: u32,
    #[arg(long, default_value_t = 1.0)]
    warm_up: f64,
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    #[arg(long, default_value_t = 20.0)]
    turn_limit: f64,
    #[arg(
        long,
        default_value = "When do you open, and how long does express delivery take?"
    )]
    message: String,
    /// The scripted model's tokens in each answer; 0 when another answers.
    #[arg(long, default_value_t = 40)]
    tokens: usize,
    /// The server's process, to say what it used.
    #[arg(long)]
    pid: Option<u32>,
}

#[derive(Args)]
struct HoldArguments {
    #[arg(long)]
    url: Address,
    #[arg(long)]
    init_url: Address,
    #[arg(long)]
    bot_id: String,
    #[arg(long, default_value_t = 1_000)]
    channels: usize,
    #[arg(long, default_value_t = 200)]
    opening: usize,
    #[arg(long, default_value_t = 1)]
    addresses: u16,
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    #[arg(long)]
    pid: u32,
}

// One thread: the load must not take more than one core from what it measures.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let report = match Arguments::parse().command {
        Command::Turns(arguments) => serde_json::to_value(turns::run(turn_plan(arguments)).await?)?,
        Command::Hold(arguments) => serde_json::to_value(hold::run(hold_plan(arguments)).await?)?,
        Command::Usage { pid } => usage(pid)?,
    };
    println!("{report}");
    Ok(())
}

fn turn_plan(arguments: TurnArguments) -> turns::Plan {
    turns::Plan {
        url: arguments.url,
        init_url: arguments.init_url,
        bot_id: arguments.bot_id,
        site_key: arguments.site_key,
        visitors: arguments.visitors,
        turns_per_session: arguments.turns_per_session.max(1),
        warm_up: Duration::from_secs_f64(arguments.warm_up),
        window: Duration::from_secs_f64(arguments.seconds),
        turn_limit: Duration::from_secs_f64(arguments.turn_limit),
        message: arguments.message,
        expected: (arguments.tokens > 0).then(|| words::answer(arguments.tokens)),
        process: arguments.pid,
    }
}

fn hold_plan(arguments: HoldArguments) -> hold::Plan {
    hold::Plan {
        url: arguments.url,
        init_url: arguments.init_url,
        bot_id: arguments.bot_id,
        channels: arguments.channels,
        opening: arguments.opening.max(1),
        addresses: arguments.addresses,
        seconds: Duration::from_secs_f64(arguments.seconds.max(0.5)),
        process: arguments.pid,
    }
}

fn usage(pid: u32) -> Result<serde_json::Value> {
    let usage = Watch::new(pid).read()?;
    Ok(json!({
        "resident_mib": round(usage.resident_kib as f64 / 1024.0, 1),
        "cpu_seconds": usage.cpu_seconds,
    }))
}
