//! Times encrypting and signing one push, on one core: ours with the token kept per push service (as the server does)
//! and signed anew, and the `web-push-native` crate's (which signs each time) with and without its signature.
//!
//! Reads lines `KIND COUNT` from stdin, answers each with nanoseconds per push, so that the caller can take turns with
//! another program. First line: `P256DH AUTH PRIVATE PUBLIC PLAINTEXT_BYTES`, keys base64url.

use std::hint::black_box;
use std::io::{BufRead as _, Write as _, stdin, stdout};
use std::time::Instant;

use softbell_server::b64;
use softbell_server::push::encrypt::Recipient;
use softbell_server::push::signer::Signer;
use softbell_server::push::vapid::VapidKey;
use web_push_native::jwt_simple::algorithms::ES256KeyPair;
use web_push_native::p256::PublicKey;
use web_push_native::{Auth, WebPushBuilder};

const ENDPOINT: &str = "https://push.example.net/send/one-device";
const ORIGIN: &str = "https://push.example.net";
const CONTACT: &str = "mailto:bench@example.com";
/// Any time will do, as long as it stays.
const NOW: u64 = 1_800_000_000;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut lines = stdin().lock().lines();
    let first = lines.next().ok_or("no first line")??;
    let keys: Vec<&str> = first.split(' ').collect();
    let [p256dh, auth, private, public, size] = keys.as_slice() else { return Err("five words, please".into()) };
    let plaintext = vec![b'x'; size.parse()?];

    let signer = || -> Result<Signer, Failure> {
        let key = VapidKey::from_raw(private, public).map_err(|error| format!("{error:?}"))?;
        Ok(Signer::new(key, CONTACT.to_owned()))
    };
    let kept = signer()?;
    let ours = |signer: &Signer, now: u64| -> Result<(), Failure> {
        let recipient = Recipient::parse(p256dh, auth).map_err(|error| format!("{error:?}"))?;
        let body = recipient.encrypt(&plaintext).map_err(|error| format!("{error:?}"))?;
        let authorization = signer.authorization(ORIGIN, now).map_err(|error| format!("{error:?}"))?;
        black_box((body, authorization));
        Ok(())
    };

    let bytes = |text: &str| b64::decode(text).ok_or("not base64url");
    let pair = ES256KeyPair::from_bytes(&bytes(private)?)?;
    let (raw_point, raw_auth) = (bytes(p256dh)?, bytes(auth)?);
    let theirs = || -> Result<WebPushBuilder, Failure> {
        let point = PublicKey::from_sec1_bytes(&raw_point)?;
        Ok(WebPushBuilder::new(ENDPOINT.parse()?, point, Auth::clone_from_slice(&raw_auth)))
    };

    // A token is kept for at most 12 h: a step of a day makes the signer sign anew each time.
    let mut day = 0;
    for line in lines {
        let line = line?;
        let (kind, count) = line.split_once(' ').ok_or("KIND COUNT, please")?;
        let count: u32 = count.parse()?;
        let began = Instant::now();
        for _ in 0..count {
            match kind {
                "ours_kept" => ours(&kept, NOW)?,
                "ours_signed" => {
                    day += 1;
                    ours(&kept, NOW + day * 86_400)?;
                }
                "native_signed" => {
                    black_box(theirs()?.with_vapid(&pair, CONTACT).build(plaintext.clone())?);
                }
                "native_unsigned" => {
                    black_box(theirs()?.build(plaintext.clone())?);
                }
                other => return Err(format!("unknown kind {other}").into()),
            }
        }
        println!("{}", began.elapsed().as_nanos() / u128::from(count));
        stdout().flush()?;
    }
    Ok(())
}
