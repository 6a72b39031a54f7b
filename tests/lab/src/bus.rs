//! A private D-Bus session bus, which ends with the lab even if the lab is killed.

use std::{process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdin, Command},
    time::timeout,
};

use crate::LabError;

/// The shell holds the bus and ends it when its own input ends: when the lab drops it, or dies.
const SCRIPT: &str = "command -v dbus-daemon >/dev/null || exit 127
dbus-daemon --session --nofork --print-address=1 & bus=$!
read -r _
kill $bus
wait $bus";

/// How long the bus may take to start.
const START_LIMIT: Duration = Duration::from_secs(10);

/// A running bus.
#[derive(Debug)]
pub struct Bus {
    /// What `DBUS_SESSION_BUS_ADDRESS` must be.
    pub address: String,
    child: Child,
    lifeline: Option<ChildStdin>,
}

impl Bus {
    /// Starts `dbus-daemon`, whose complaints are heard only if `verbose`.
    ///
    /// # Errors
    /// When it is not installed or does not start.
    pub async fn start(verbose: bool) -> Result<Self, LabError> {
        let mut child = Command::new("sh")
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(if verbose { Stdio::inherit() } else { Stdio::null() })
            .spawn()
            .map_err(LabError::at("start a shell for dbus-daemon"))?;
        let lifeline = child.stdin.take();
        let output = child.stdout.take().ok_or_else(|| LabError::new("read from dbus-daemon", "no output"))?;
        let mut lines = BufReader::new(output).lines();
        let line = timeout(START_LIMIT, lines.next_line())
            .await
            .map_err(LabError::at("start dbus-daemon"))?
            .map_err(LabError::at("read from dbus-daemon"))?;
        let address = line.ok_or_else(|| LabError::new("start dbus-daemon", "is it installed?"))?;
        Ok(Self { address, child, lifeline })
    }

    /// Ends the bus and waits until it is gone.
    pub async fn stop(&mut self) {
        self.lifeline = None;
        // There is nothing left to do if waiting fails.
        let _ = timeout(START_LIMIT, self.child.wait()).await;
    }
}
