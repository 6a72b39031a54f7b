//! The MCS line, on which Google's service hands messages to Chromium: login, heartbeats, messages, acks.

use std::{collections::VecDeque, io, sync::Arc};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use crate::{
    protobuf::{Message as Fields, Writer, put_varint},
    push::{Line, Push},
    record::{Ack, Message, Service},
};

/// Protocol version, the first byte in both directions.
const VERSION: u8 = 41;
/// Longest packet that a browser may send.
const MAX_PACKET: u64 = 1 << 20;
/// The extension of an IQ stanza that lists received messages.
const SELECTIVE_ACK: u64 = 12;

/// Packet kinds that matter here.
mod tag {
    pub const HEARTBEAT_PING: u8 = 0;
    pub const HEARTBEAT_ACK: u8 = 1;
    pub const LOGIN_REQUEST: u8 = 2;
    pub const LOGIN_RESPONSE: u8 = 3;
    pub const CLOSE: u8 = 4;
    pub const IQ_STANZA: u8 = 7;
    pub const DATA_MESSAGE: u8 = 8;
}

type Packet = (u8, Fields);

/// Speaks with one browser until the line ends.
///
/// # Errors
/// When the line breaks or the browser breaks the protocol.
pub async fn serve(stream: impl AsyncRead + AsyncWrite, push: Arc<Push>) -> io::Result<()> {
    let (mut reader, writer) = split(stream);
    let (sender, mut packets) = unbounded_channel();
    let listener = push.clone();
    // Reading has a future of its own, because a packet may arrive in pieces between two messages.
    // When it ends, the channel does, and the session after it has handled what was read.
    let listen = async move {
        if let Err(error) = read_packets(&mut reader, &sender).await {
            listener.say(format_args!("mcs: {error}"));
        }
        drop(sender);
        std::future::pending::<io::Result<()>>().await
    };
    let talk = async {
        let mut session = Session::log_in(writer, &mut packets, push).await?;
        session.run(&mut packets).await
    };
    tokio::select! {
        result = listen => result,
        result = talk => result,
    }
}

async fn read_packets(reader: &mut (impl AsyncRead + Unpin), packets: &UnboundedSender<Packet>) -> io::Result<()> {
    let version = reader.read_u8().await?;
    if version < 38 {
        return Err(broken("an MCS version that nobody speaks any more"));
    }
    loop {
        let tag = reader.read_u8().await?;
        let length = read_varint(reader).await?;
        if length > MAX_PACKET {
            return Err(broken("a packet beyond all measure"));
        }
        let mut body = Vec::new();
        reader.take(length).read_to_end(&mut body).await?;
        let fields = Fields::parse(&body).ok_or_else(|| broken("a packet that is no protobuf"))?;
        if packets.send((tag, fields)).is_err() {
            return Ok(());
        }
    }
}

async fn read_varint(reader: &mut (impl AsyncRead + Unpin)) -> io::Result<u64> {
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let byte = reader.read_u8().await?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(broken("a length that does not end"))
}

/// A line after login.
struct Session<W> {
    writer: W,
    push: Arc<Push>,
    /// Its messages; `None` while the service is down.
    line: Option<Line>,
    browser: String,
    /// How many packets the browser got; it acknowledges by this number.
    written: u64,
    /// Messages not acknowledged yet, each with its packet number.
    pending: VecDeque<(u64, String)>,
}

impl<W: AsyncWrite + Unpin> Session<W> {
    async fn log_in(mut writer: W, packets: &mut UnboundedReceiver<Packet>, push: Arc<Push>) -> io::Result<Self> {
        let Some((tag::LOGIN_REQUEST, login)) = packets.recv().await else {
            return Err(broken("something before the login"));
        };
        let browser = login.text(3).ok_or_else(|| broken("a login without a name"))?;
        writer.write_u8(VERSION).await?;
        for message in login.texts(10) {
            push.acknowledge(&browser, &message, &Ack { kind: "login", code: None });
        }
        let now = u64::try_from(push.now()).unwrap_or_default() * 1000;
        let id = login.text(1).unwrap_or_default();
        let response = Writer::new().bytes(1, id).number(5, 1).number(6, 1).number(8, now);
        write_packet(&mut writer, tag::LOGIN_RESPONSE, response).await?;
        push.say(format_args!("mcs: login of {browser}"));
        let line = Some(push.connect(Service::Google, &browser));
        Ok(Self { writer, push, line, browser, written: 1, pending: VecDeque::new() })
    }

    /// Talks until either side hangs up. While the service is down the line stays and carries no message:
    /// after a cut, Chromium would wait twenty seconds or more before it calls again.
    async fn run(&mut self, packets: &mut UnboundedReceiver<Packet>) -> io::Result<()> {
        let gate = self.push.gate.clone();
        loop {
            tokio::select! {
                packet = packets.recv() => match packet {
                    Some((tag::CLOSE, _)) | None => return Ok(()),
                    Some((tag, fields)) => self.hear(tag, &fields).await?,
                },
                message = next(&mut self.line) => match message {
                    Some(message) => self.deliver(&message).await?,
                    None => return self.write(tag::CLOSE, Writer::new()).await,
                },
                () = gate.shut(), if self.line.is_some() => self.line = None,
                () = gate.open(), if self.line.is_none() => {
                    self.line = Some(self.push.connect(Service::Google, &self.browser));
                }
            }
        }
    }

    async fn hear(&mut self, tag: u8, fields: &Fields) -> io::Result<()> {
        self.push.say(format_args!("mcs: {} says {tag} {fields:?}", self.browser));
        let received = match tag {
            tag::HEARTBEAT_PING | tag::HEARTBEAT_ACK => fields.number(2),
            tag::IQ_STANZA => {
                self.selective(fields);
                fields.number(10)
            }
            tag::DATA_MESSAGE => fields.number(11),
            _ => None,
        };
        self.stream_ack(received.unwrap_or_default());
        if tag == tag::HEARTBEAT_PING {
            self.write(tag::HEARTBEAT_ACK, Writer::new()).await?;
        }
        Ok(())
    }

    /// "I have these messages", by name.
    fn selective(&mut self, stanza: &Fields) {
        let extension = stanza.message(7).filter(|extension| extension.number(1) == Some(SELECTIVE_ACK));
        let Some(list) = extension.and_then(|extension| extension.message(2)) else { return };
        for message in list.texts(1) {
            self.push.acknowledge(&self.browser, &message, &Ack { kind: "selective", code: None });
            self.pending.retain(|(_, pending)| *pending != message);
        }
    }

    /// "I have everything up to this packet."
    fn stream_ack(&mut self, received: u64) {
        while let Some((_, message)) = self.pending.pop_front_if(|(number, _)| *number <= received) {
            self.push.acknowledge(&self.browser, &message, &Ack { kind: "stream", code: None });
        }
    }

    /// Hands over a message, then asks with a ping whether it arrived.
    async fn deliver(&mut self, message: &Message) -> io::Result<()> {
        self.write(tag::DATA_MESSAGE, stanza(message, self.push.now())).await?;
        self.pending.push_back((self.written, message.id.clone()));
        self.write(tag::HEARTBEAT_PING, Writer::new()).await
    }

    async fn write(&mut self, tag: u8, packet: Writer) -> io::Result<()> {
        self.written += 1;
        write_packet(&mut self.writer, tag, packet).await
    }
}

/// The next message; `None` when the lab hangs up, and nothing at all without a line.
async fn next(line: &mut Option<Line>) -> Option<Arc<Message>> {
    match line {
        Some(line) => line.messages.recv().await,
        None => std::future::pending().await,
    }
}

fn stanza(message: &Message, now: i64) -> Writer {
    let entry = |name: &str, value: &str| Writer::new().bytes(1, name).bytes(2, value).finish();
    let mut stanza = Writer::new().bytes(3, &message.sender).bytes(5, &message.app);
    stanza = stanza.bytes(7, entry("subtype", &message.channel));
    for (name, value) in &message.headers {
        stanza = stanza.bytes(7, entry(name, value));
    }
    let positive = |value: i64| u64::try_from(value).unwrap_or_default();
    stanza = stanza.bytes(9, &message.id).number(17, positive(message.ttl)).number(18, positive(now) * 1000);
    if message.body.is_empty() { stanza } else { stanza.bytes(21, &message.body) }
}

async fn write_packet(writer: &mut (impl AsyncWrite + Unpin), tag: u8, packet: Writer) -> io::Result<()> {
    let body = packet.finish();
    let mut bytes = vec![tag];
    put_varint(&mut bytes, body.len() as u64);
    bytes.extend(body);
    writer.write_all(&bytes).await?;
    writer.flush().await
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the browser sent {what}"))
}
