//! Buttons that lead to no page: who presses "Fewer like this" has not followed the message.

use serde_json::{Map, Value};

use super::Connection;
use super::messages::Message;
use crate::wire::buttons::is_quiet;

/// Which reports `r` say that a message was followed to the site: a click, or a button that leads there. What was erased
/// is of no device any more, so only clicks count, of which each device had one; its buttons would raise the number.
pub(super) const FOLLOWS: &str =
    "r.type IN ('notification.clicked', 'notification.action') AND r.message_id IS NOT NULL
    AND (r.device_id IS NOT NULL OR r.type = 'notification.clicked')
    AND NOT EXISTS (SELECT 1 FROM quiet_buttons q
      WHERE q.site = r.site AND q.message_id = r.message_id AND q.action = r.detail)";
/// Who followed: a device counts once for each message, however many buttons it claims to have pressed.
pub(super) const FOLLOWER: &str = "r.message_id || '.' || COALESCE(r.device_id, r.id)";

/// Notes the quiet buttons of a message, once.
pub(super) async fn remember(db: &mut Connection, site: &str, message: &Message) -> Result<(), sqlx::Error> {
    for action in quiet(&message.extras) {
        sqlx::query(
            "INSERT INTO quiet_buttons (site, message_id, action) VALUES ($1, $2, $3)
             ON CONFLICT (site, message_id, action) DO NOTHING",
        )
        .bind(site)
        .bind(&message.id)
        .bind(action)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

fn quiet(extras: &str) -> Vec<String> {
    let extras: Map<String, Value> = serde_json::from_str(extras).unwrap_or_default();
    let buttons = extras.get("actions").and_then(Value::as_array).into_iter().flatten();
    let opens_nothing = |button: &&Value| button["type"].as_str().is_some_and(is_quiet);
    buttons.filter(opens_nothing).filter_map(|button| button["action"].as_str()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::quiet;

    #[test]
    fn i2_buttons_that_open_nothing_are_known_by_their_type() {
        let extras = r#"{"actions": [{"action": "see"}, {"action": "buy", "type": "deeplink"}, {"action": "out", "type": "weburl"},
            {"action": "like", "type": "background"}, {"action": "no", "type": "dismiss"},
            {"action": "later", "type": "snooze"}, {"action": "fewer", "type": "mute"}], "badge": "x"}"#;
        assert_eq!(quiet(extras), ["like", "no", "later", "fewer"]);
        assert!(quiet("{}").is_empty() && quiet("no json").is_empty());
    }
}
