//! UTM parameters: by what a site's own statistics know which campaign a visit came from. They go into every address of the
//! site that a message leads to. Not into what travels of a private message, whose link would name the campaign beside the
//! neutral words; the page that the press led to gets them with the address.

use softbell::contract::limits::ID_BYTES;
use url::{Url, form_urlencoded};

use crate::error::Error;
use crate::wire::members::Members;

/// The member of a message, its members, and in this order the parameters `utm_*`.
const NAME: &str = "utm";
const PARTS: [&str; 5] = ["source", "medium", "campaign", "term", "content"];

/// Reads the member: the parameters as they stand in a query, or none.
///
/// # Errors
/// The first fault found, with the member's name.
pub fn read(members: &mut Members) -> Result<Option<String>, Error> {
    let Some(value) = members.any(NAME) else { return Ok(None) };
    let mut parts = Members::new(value, "utm.").map_err(|_| members.invalid(NAME))?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    for part in PARTS {
        if let Some(text) = parts.optional_text(part, ID_BYTES)? {
            query.append_pair(&format!("{NAME}_{part}"), &text);
        }
    }
    parts.finish()?;
    Ok(Some(query.finish()).filter(|query| !query.is_empty()))
}

/// The address with the parameters that it does not have already: who wrote one there meant that.
#[must_use]
pub fn address(url: &str, utm: &str) -> String {
    // Every address of a message was parsed before it was stored.
    let Ok(mut url) = Url::parse(url) else { return url.to_owned() };
    let own: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    for (name, text) in form_urlencoded::parse(utm.as_bytes()) {
        if !own.iter().any(|own| *own == name) {
            url.query_pairs_mut().append_pair(&name, &text);
        }
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::{address, read};
    use crate::wire::members::Members;
    use serde_json::json;

    #[test]
    fn c8_utm_parameters_come_before_the_fragment_and_replace_nothing() {
        let utm = "utm_source=shop&utm_campaign=Gr%C3%BC%C3%9Fe+%26+mehr";
        for (url, expected) in [
            ("https://a.example/", format!("https://a.example/?{utm}")),
            ("https://a.example/o?n=1#top", format!("https://a.example/o?n=1&{utm}#top")),
            ("https://a.example/?#/r?x=1", format!("https://a.example/?{utm}#/r?x=1")),
            ("https://a.example/?q=a%20b+%C3%BC;c", format!("https://a.example/?q=a%20b+%C3%BC;c&{utm}")),
            (
                "https://a.example/?utm_source=x&utm_campaign=",
                "https://a.example/?utm_source=x&utm_campaign=".to_owned(),
            ),
            (
                "https://a.example/?%75tm_campaign=own#utm_source=x",
                "https://a.example/?%75tm_campaign=own&utm_source=shop#utm_source=x".to_owned(),
            ),
        ] {
            assert_eq!(address(url, utm), expected);
        }
    }

    #[test]
    fn c8_utm_parameters_are_encoded_in_their_usual_order() {
        let utm = json!({"content": "a=b#c", "term": "", "source": "Müsli & Co", "medium": null});
        let mut members = Members::new(json!({ "utm": utm }), "").unwrap();
        assert_eq!(read(&mut members).unwrap().unwrap(), "utm_source=M%C3%BCsli+%26+Co&utm_content=a%3Db%23c");
    }
}
