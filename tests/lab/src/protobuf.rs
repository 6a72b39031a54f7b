//! Just enough protobuf to talk to Chromium's push client: encode fields, decode a message into fields.

/// One decoded value; the wire type decides which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Wire types 0 (varint), 1 (64 bit) and 5 (32 bit).
    Number(u64),
    /// Wire type 2: bytes, text or a nested message.
    Bytes(Vec<u8>),
}

/// Builds one message, field by field.
#[derive(Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// An empty message.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a varint field.
    #[must_use]
    pub fn number(mut self, field: u32, value: u64) -> Self {
        put_varint(&mut self.0, u64::from(field) << 3);
        put_varint(&mut self.0, value);
        self
    }

    /// Adds a `fixed64` field.
    #[must_use]
    pub fn fixed64(mut self, field: u32, value: u64) -> Self {
        put_varint(&mut self.0, u64::from(field) << 3 | 1);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// Adds bytes, text or a nested message.
    #[must_use]
    pub fn bytes(mut self, field: u32, value: impl AsRef<[u8]>) -> Self {
        put_varint(&mut self.0, u64::from(field) << 3 | 2);
        put_varint(&mut self.0, value.as_ref().len() as u64);
        self.0.extend(value.as_ref());
        self
    }

    /// The finished message.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// A decoded message: its fields in the order they came.
#[derive(Debug, Default)]
pub struct Message(Vec<(u32, Value)>);

impl Message {
    /// Decodes a message; `None` if it is cut off or uses the retired group types.
    #[must_use]
    pub fn parse(mut input: &[u8]) -> Option<Self> {
        let mut fields = Vec::new();
        while !input.is_empty() {
            let key = take_varint(&mut input)?;
            let value = match key & 7 {
                0 => Value::Number(take_varint(&mut input)?),
                1 => Value::Number(u64::from_le_bytes(take(&mut input, 8)?.try_into().ok()?)),
                2 => {
                    let length = usize::try_from(take_varint(&mut input)?).ok()?;
                    Value::Bytes(take(&mut input, length)?.to_vec())
                }
                5 => {
                    let bytes = take(&mut input, 4)?.try_into().ok()?;
                    Value::Number(u64::from(u32::from_le_bytes(bytes)))
                }
                _ => return None,
            };
            fields.push((u32::try_from(key >> 3).ok()?, value));
        }
        Some(Self(fields))
    }

    /// The first number with this field number.
    #[must_use]
    pub fn number(&self, field: u32) -> Option<u64> {
        self.0.iter().find_map(|(f, value)| match value {
            Value::Number(number) if *f == field => Some(*number),
            _ => None,
        })
    }

    /// The first text with this field number.
    #[must_use]
    pub fn text(&self, field: u32) -> Option<String> {
        self.texts(field).next()
    }

    /// Every text with this field number; what is not UTF-8 is replaced.
    pub fn texts(&self, field: u32) -> impl Iterator<Item = String> {
        self.all_bytes(field).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// The first nested message with this field number.
    #[must_use]
    pub fn message(&self, field: u32) -> Option<Self> {
        self.all_bytes(field).next().and_then(Self::parse)
    }

    fn all_bytes(&self, field: u32) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter_map(move |(f, value)| match value {
            Value::Bytes(bytes) if *f == field => Some(bytes.as_slice()),
            _ => None,
        })
    }
}

/// Appends a varint: seven bits a byte, least significant first.
pub fn put_varint(output: &mut Vec<u8>, mut value: u64) {
    loop {
        let [byte, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            return output.push(byte);
        }
        output.push(byte | 0x80);
    }
}

fn take_varint(input: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *take(input, 1)?.first()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn take<'a>(input: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = input.split_at_checked(length)?;
    *input = tail;
    Some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let inner = Writer::new().bytes(1, "subtype").bytes(2, "wp:x").finish();
        let bytes = Writer::new()
            .number(1, u64::MAX)
            .fixed64(7, 5_000_000_000_000_000_001)
            .bytes(7, &inner)
            .bytes(9, "a")
            .bytes(9, "b")
            .number(300, 0)
            .finish();
        let message = Message::parse(&bytes).expect("well formed");
        assert_eq!(message.number(1), Some(u64::MAX));
        assert_eq!(message.number(7), Some(5_000_000_000_000_000_001));
        assert_eq!(message.message(7).and_then(|m| m.text(2)).as_deref(), Some("wp:x"));
        assert_eq!(message.texts(9).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(message.number(300), Some(0));
        assert_eq!(message.number(2), None);
    }

    #[test]
    fn fixed32_is_read_and_broken_input_is_refused() {
        assert_eq!(Message::parse(&[0x0d, 1, 0, 0, 0]).and_then(|m| m.number(1)), Some(1));
        for broken in [&[0x0a, 5, 1][..], &[0x08], &[0x0b], &[0x09, 1], &[0xff; 11]] {
            assert!(Message::parse(broken).is_none(), "{broken:?}");
        }
    }
}
