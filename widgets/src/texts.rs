//! The panel's words in the built-in languages (those of the popup).

use crate::status::{PushStatus, StatusInfo};

/// The words of one language.
#[derive(Debug)]
pub struct Texts {
    /// Its code (BCP 47 primary subtag).
    pub language: &'static str,
    /// `ltr` or `rtl`.
    pub direction: &'static str,
    /// The panel's name.
    pub title: &'static str,
    /// The button that leads to the popup.
    pub turn_on: &'static str,
    /// The button that closes the panel.
    pub close: &'static str,
    ask: &'static str,
    on: &'static str,
    not_yet: &'static str,
    blocked: &'static str,
    suspended: &'static str,
    opted_out: &'static str,
    unsupported: &'static str,
    ios: &'static str,
    frame: &'static str,
}

static LANGUAGES: [Texts; 5] = [
    Texts {
        language: "en",
        direction: "ltr",
        title: "Notification settings",
        turn_on: "Turn on",
        close: "Close",
        ask: "Notifications are off in this browser.",
        on: "Notifications are on in this browser.",
        not_yet: "You allowed notifications, but they cannot reach this browser yet. We try again on your next visit.",
        blocked: "Notifications are blocked in this browser. To receive them, open the site settings next to the address bar and allow notifications.",
        suspended: "Notifications are off, because someone else is signed in on this device.",
        opted_out: "You turned notifications off in this browser.",
        unsupported: "This browser cannot receive notifications from this site.",
        ios: "On iPhone and iPad, first add this site to the Home Screen (Share, then “Add to Home Screen”) and open it from there.",
        frame: "Open this page in its own tab to change notifications.",
    },
    Texts {
        language: "de",
        direction: "ltr",
        title: "Benachrichtigungen",
        turn_on: "Einschalten",
        close: "Schließen",
        ask: "Benachrichtigungen sind in diesem Browser ausgeschaltet.",
        on: "Benachrichtigungen sind in diesem Browser eingeschaltet.",
        not_yet: "Sie haben Benachrichtigungen erlaubt, aber sie erreichen diesen Browser noch nicht. Wir versuchen es bei Ihrem nächsten Besuch wieder.",
        blocked: "Benachrichtigungen sind in diesem Browser blockiert. Um sie zu erhalten, öffnen Sie neben der Adresszeile die Einstellungen dieser Website und erlauben Sie Benachrichtigungen.",
        suspended: "Benachrichtigungen sind ausgeschaltet, weil auf diesem Gerät jemand anderes angemeldet ist.",
        opted_out: "Sie haben Benachrichtigungen in diesem Browser ausgeschaltet.",
        unsupported: "Dieser Browser kann keine Benachrichtigungen von dieser Website empfangen.",
        ios: "Auf iPhone und iPad fügen Sie diese Website zuerst zum Home-Bildschirm hinzu (Teilen, dann „Zum Home-Bildschirm“) und öffnen sie von dort.",
        frame: "Öffnen Sie diese Seite in einem eigenen Tab, um Benachrichtigungen zu ändern.",
    },
    Texts {
        language: "es",
        direction: "ltr",
        title: "Notificaciones",
        turn_on: "Activar",
        close: "Cerrar",
        ask: "Las notificaciones están desactivadas en este navegador.",
        on: "Las notificaciones están activadas en este navegador.",
        not_yet: "Ha permitido las notificaciones, pero aún no llegan a este navegador. Lo intentaremos de nuevo en su próxima visita.",
        blocked: "Las notificaciones están bloqueadas en este navegador. Para recibirlas, abra la configuración del sitio junto a la barra de direcciones y permita las notificaciones.",
        suspended: "Las notificaciones están desactivadas porque otra persona ha iniciado sesión en este dispositivo.",
        opted_out: "Ha desactivado las notificaciones en este navegador.",
        unsupported: "Este navegador no puede recibir notificaciones de este sitio.",
        ios: "En iPhone y iPad, añada primero este sitio a la pantalla de inicio (Compartir y luego «Añadir a pantalla de inicio») y ábralo desde allí.",
        frame: "Abra esta página en una pestaña propia para cambiar las notificaciones.",
    },
    Texts {
        language: "fr",
        direction: "ltr",
        title: "Notifications",
        turn_on: "Activer",
        close: "Fermer",
        ask: "Les notifications sont désactivées dans ce navigateur.",
        on: "Les notifications sont activées dans ce navigateur.",
        not_yet: "Vous avez autorisé les notifications, mais elles n’arrivent pas encore dans ce navigateur. Nous réessaierons à votre prochaine visite.",
        blocked: "Les notifications sont bloquées dans ce navigateur. Pour les recevoir, ouvrez les paramètres du site à côté de la barre d’adresse et autorisez les notifications.",
        suspended: "Les notifications sont désactivées, car une autre personne est connectée sur cet appareil.",
        opted_out: "Vous avez désactivé les notifications dans ce navigateur.",
        unsupported: "Ce navigateur ne peut pas recevoir de notifications de ce site.",
        ios: "Sur iPhone et iPad, ajoutez d’abord ce site à l’écran d’accueil (Partager, puis « Sur l’écran d’accueil ») et ouvrez-le de là.",
        frame: "Ouvrez cette page dans son propre onglet pour modifier les notifications.",
    },
    Texts {
        language: "ar",
        direction: "rtl",
        title: "إعدادات الإشعارات",
        turn_on: "تفعيل",
        close: "إغلاق",
        ask: "الإشعارات متوقفة في هذا المتصفح.",
        on: "الإشعارات مفعّلة في هذا المتصفح.",
        not_yet: "لقد سمحت بالإشعارات، لكنها لا تصل إلى هذا المتصفح بعد. سنحاول مجددًا في زيارتك القادمة.",
        blocked: "الإشعارات محظورة في هذا المتصفح. لتلقّيها، افتح إعدادات الموقع بجانب شريط العنوان واسمح بالإشعارات.",
        suspended: "الإشعارات متوقفة لأن شخصًا آخر سجّل الدخول على هذا الجهاز.",
        opted_out: "لقد أوقفت الإشعارات في هذا المتصفح.",
        unsupported: "لا يستطيع هذا المتصفح تلقّي إشعارات من هذا الموقع.",
        ios: "على iPhone وiPad، أضف هذا الموقع أولًا إلى الشاشة الرئيسية (مشاركة، ثم «إضافة إلى الشاشة الرئيسية») وافتحه من هناك.",
        frame: "افتح هذه الصفحة في علامة تبويب خاصة بها لتغيير الإشعارات.",
    },
];

/// The words for a locale (BCP 47); English where its language is not built in.
#[must_use]
pub fn texts(locale: &str) -> &'static Texts {
    // Bytes, because `str::split` brings the texts of its panics along.
    let primary = locale.as_bytes().split(|byte| *byte == b'-').next().unwrap_or_default();
    let [english, ..] = &LANGUAGES;
    LANGUAGES.iter().find(|known| known.language.as_bytes().eq_ignore_ascii_case(primary)).unwrap_or(english)
}

impl Texts {
    /// What to tell a visitor about this status.
    #[must_use]
    pub fn sentence(&self, info: &StatusInfo) -> &'static str {
        match info.status {
            PushStatus::Ask => self.ask,
            PushStatus::Allowed if info.reachable => self.on,
            PushStatus::Allowed => self.not_yet,
            PushStatus::Blocked => self.blocked,
            PushStatus::Suspended => self.suspended,
            PushStatus::OptedOut => self.opted_out,
            PushStatus::Unsupported => match info.reason.as_deref() {
                Some("ios_not_installed") => self.ios,
                Some("cross_origin_iframe") => self.frame,
                _ => self.unsupported,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(status: PushStatus, reachable: bool, reason: Option<&str>) -> StatusInfo {
        StatusInfo { status, reachable, reason: reason.map(String::from) }
    }

    #[test]
    fn a_locale_finds_its_language_or_english() {
        for (locale, language) in [("de-AT", "de"), ("AR", "ar"), ("pt-BR", "en"), ("", "en")] {
            assert_eq!(texts(locale).language, language, "{locale}");
        }
        assert_eq!(texts("ar").direction, "rtl");
    }

    #[test]
    fn every_status_has_words_of_its_own_in_every_language() {
        let all = [
            info(PushStatus::Ask, false, None),
            info(PushStatus::Allowed, true, None),
            info(PushStatus::Allowed, false, None),
            info(PushStatus::Blocked, false, None),
            info(PushStatus::Suspended, false, None),
            info(PushStatus::OptedOut, false, None),
            info(PushStatus::Unsupported, false, None),
            info(PushStatus::Unsupported, false, Some("ios_not_installed")),
            info(PushStatus::Unsupported, false, Some("cross_origin_iframe")),
        ];
        for words in &LANGUAGES {
            let said: std::collections::BTreeSet<_> = all.iter().map(|info| words.sentence(info)).collect();
            assert_eq!(said.len(), all.len(), "{}", words.language);
            assert!(!said.contains(""), "{}", words.language);
        }
    }

    #[test]
    fn a_reason_that_is_not_known_gets_the_general_words() {
        let words = texts("en");
        assert_eq!(words.sentence(&info(PushStatus::Unsupported, false, Some("new_one"))), words.unsupported);
    }
}
