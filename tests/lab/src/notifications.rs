//! The D-Bus interface `org.freedesktop.Notifications`, version 1.2, as programs call it.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use tokio::sync::watch;
use zbus::{Connection, interface, object_server::ResponseDispatchNotifier, zvariant::OwnedValue};

use crate::{
    desktop::{Action, Notification, State, close},
    hints,
    journal::Journal,
};

/// The name on the bus, and of the interface.
pub const NAME: &str = "org.freedesktop.Notifications";
/// Where the object is.
pub const PATH: &str = "/org/freedesktop/Notifications";
/// The reason of a close by the program that showed the notification.
const BY_PROGRAM: u32 = 3;

/// What this desktop can do, as the specification names it; `inline-reply` is KDE's word.
const CAPABILITIES: [&str; 8] =
    ["actions", "body", "body-markup", "body-hyperlinks", "body-images", "icon-static", "persistence", "inline-reply"];

/// The desktop, seen from the programs' side.
pub struct Interface {
    notifications: Arc<Journal<Notification>>,
    last: AtomicU32,
    /// The highest number that has left for its program.
    told: watch::Sender<u32>,
}

impl Interface {
    /// Shows into this journal, and says there which numbers the programs know.
    pub fn new(notifications: Arc<Journal<Notification>>, told: watch::Sender<u32>) -> Self {
        Self { notifications, last: AtomicU32::new(0), told }
    }

    /// The answer to Notify. Until it has left, a signal would be about a number that the program has never heard of.
    fn answer(&self, id: u32) -> ResponseDispatchNotifier<u32> {
        let (answer, sent) = ResponseDispatchNotifier::new(id);
        let told = self.told.clone();
        tokio::spawn(async move {
            sent.await;
            told.send_if_modified(|highest| core::mem::replace(highest, id.max(*highest)) < id);
        });
        answer
    }
}

#[expect(clippy::unused_self, clippy::needless_pass_by_value, reason = "the shape that the macro asks for")]
#[interface(name = "org.freedesktop.Notifications")]
impl Interface {
    fn get_capabilities(&self) -> Vec<&'static str> {
        CAPABILITIES.to_vec()
    }

    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        ("softbell-lab", "Softbell", env!("CARGO_PKG_VERSION"), "1.2")
    }

    #[expect(clippy::too_many_arguments, reason = "the specification has eight")]
    fn notify(
        &self,
        app: String,
        replaces_id: u32,
        icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        expire_ms: i32,
    ) -> ResponseDispatchNotifier<u32> {
        let id = match replaces_id {
            0 => self.last.fetch_add(1, Ordering::Relaxed) + 1,
            id => id,
        };
        self.notifications.update(|old| {
            let replaced = old.id == id && old.state == State::Open;
            if replaced {
                old.state = State::Replaced;
            }
            replaced
        });
        self.notifications.add(Notification {
            id,
            state: State::Open,
            close_reason: None,
            activated: None,
            app,
            replaces_id,
            icon: Some(icon).filter(|icon| !icon.is_empty()).or_else(|| hints::text(&hints, "image-path")),
            summary,
            text: hints::plain(&body),
            body,
            actions: pairs(&actions),
            urgency: hints::urgency(&hints),
            expire_ms,
            hints: hints::json(&hints),
        });
        self.answer(id)
    }

    async fn close_notification(&self, id: u32, #[zbus(connection)] connection: &Connection) -> zbus::fdo::Result<()> {
        if close(&self.notifications, id, BY_PROGRAM) {
            connection.emit_signal(None::<&str>, PATH, NAME, "NotificationClosed", &(id, BY_PROGRAM)).await?;
        }
        Ok(())
    }
}

/// Keys and labels come as one flat list.
fn pairs(actions: &[String]) -> Vec<Action> {
    let pair = |pair: &[String]| match pair {
        [key, label] => Some(Action { key: key.clone(), label: label.clone() }),
        _ => None,
    };
    actions.chunks(2).filter_map(pair).collect()
}
