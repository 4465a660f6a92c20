//! Base64 (RFC 4648, section 4), with padding, strictly: every text is the only one for its bytes.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const NONE: u8 = 0xFF;
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut at = 0;
    while at < ALPHABET.len() {
        values[ALPHABET[at] as usize] = at as u8;
        at += 1;
    }
    values
};

/// Appends the text of `bytes`.
pub(super) fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len().div_ceil(3) * 4);
    let (triples, rest) = bytes.as_chunks::<3>();
    for [a, b, c] in triples {
        out.extend_from_slice(&quad(*a, *b, *c));
    }
    match rest {
        [a] => {
            let [w, x, ..] = quad(*a, 0, 0);
            out.extend_from_slice(&[w, x, b'=', b'=']);
        }
        [a, b] => {
            let [w, x, y, _] = quad(*a, *b, 0);
            out.extend_from_slice(&[w, x, y, b'=']);
        }
        _ => {}
    }
}

fn quad(a: u8, b: u8, c: u8) -> [u8; 4] {
    let bits = u32::from_be_bytes([0, a, b, c]);
    [18, 12, 6, 0].map(|shift| ALPHABET[(bits >> shift & 63) as usize])
}

/// The bytes of `text`, or what is wrong with it.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, String> {
    let (quads, rest) = text.as_bytes().as_chunks::<4>();
    if !rest.is_empty() {
        return Err(format!("base64 comes in groups of four characters, but there are {}", text.len()));
    }
    let mut out = Vec::with_capacity(quads.len() * 3);
    for (at, quad) in quads.iter().enumerate() {
        let last = at + 1 == quads.len();
        let padding = if last { quad.iter().rev().take_while(|byte| **byte == b'=').count() } else { 0 };
        let mut bits = 0_u32;
        for byte in &quad[..4 - padding.min(2)] {
            let value = VALUES[usize::from(*byte)];
            if value == NONE {
                let character = text.chars().find(|c| !c.is_ascii() || VALUES[*c as usize] == NONE);
                return Err(format!("{:?} is not a character of base64 here", character.unwrap_or('=')));
            }
            bits = bits << 6 | u32::from(value);
        }
        bits <<= 6 * padding.min(2);
        let [_, bytes @ ..] = bits.to_be_bytes();
        let (kept, dropped) = bytes.split_at(3 - padding.min(2));
        if dropped.iter().any(|byte| *byte != 0) {
            return Err("the last character of the base64 has bits that belong to no byte".to_owned());
        }
        out.extend_from_slice(kept);
    }
    Ok(out)
}
