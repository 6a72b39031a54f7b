//! The command `softbell-lab`: starts a lab, prints one line of JSON, runs until it is told to end.

use std::{env, io, process::ExitCode, thread};

use softbell_lab::{Lab, Options};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::oneshot,
};

const HELP: &str = "\
Push services and a desktop on loopback: real push in real browsers without internet.

Usage: softbell-lab [--with-parent] [--verbose]

Prints one line of JSON when ready: control, push_url, chromium_flags, firefox_prefs,
dbus_address, env. Ends on SIGTERM, SIGINT, and with --with-parent when stdin closes.

  --with-parent  end when stdin closes, so that a killed test runner leaves nothing behind
  --verbose      tell on stderr what browsers and senders say
  --help         this text

Needs dbus-daemon. Everything listens on loopback, on free ports.";

#[tokio::main]
async fn main() -> ExitCode {
    let mut options = Options::default();
    let mut with_parent = false;
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "--with-parent" => with_parent = true,
            "--verbose" => options.verbose = true,
            "--help" | "-h" => {
                println!("{HELP}");
                return ExitCode::SUCCESS;
            }
            other => {
                eprintln!("softbell-lab does not know {other}; --help tells what it knows");
                return ExitCode::from(2);
            }
        }
    }
    match run(options, with_parent).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("softbell-lab {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options, with_parent: bool) -> Result<(), Box<dyn std::error::Error>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let lab = Lab::start(options).await?;
    println!("{}", serde_json::to_string(&lab.ready)?);
    let parent = async { if with_parent { parent_gone().await } else { std::future::pending().await } };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = parent => {}
    }
    lab.stop().await;
    Ok(())
}

/// Resolves when nobody holds the other end of stdin.
///
/// Reads on a thread of its own: tokio's would keep the process alive until the read ends.
fn parent_gone() -> oneshot::Receiver<()> {
    let (sender, receiver) = oneshot::channel();
    thread::spawn(move || {
        // An error ends the wait as well as the end of the input does.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        let _ = sender.send(());
    });
    receiver
}
