//! A zip archive whose files are kept as they are: what Go's proxies hand out.

/// The part of the format that is needed here is of version 2.0.
const VERSION: u16 = 20;
/// The first day that the format knows.
const DAY: u16 = (1 << 5) | 1;

/// Makes an archive of names and contents. The same files make the same bytes.
pub(super) fn archive(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, String> {
    let (mut made, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let start = number(made.len())?;
        let head = head(name, content)?;
        made.extend(b"PK\x03\x04");
        made.extend(&head);
        made.extend(name.as_bytes());
        made.extend(content);
        directory.extend(b"PK\x01\x02");
        directory.extend(VERSION.to_le_bytes());
        directory.extend(&head);
        // No comment, one disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(files.len()).map_err(|_| format!("{} files are too many", files.len()))?;
    let (size, start) = (number(directory.len())?, number(made.len())?);
    made.extend(directory);
    made.extend(b"PK\x05\x06\0\0\0\0");
    made.extend(count.to_le_bytes());
    made.extend(count.to_le_bytes());
    made.extend(size.to_le_bytes());
    made.extend(start.to_le_bytes());
    made.extend([0; 2]);
    Ok(made)
}

/// What is said of a file beside it and in the directory: neither packed nor encrypted.
fn head(name: &str, content: &[u8]) -> Result<Vec<u8>, String> {
    let size = number(content.len())?;
    let name_size = u16::try_from(name.len()).map_err(|_| format!("the name {name} is too long"))?;
    let mut head = Vec::new();
    for word in [VERSION, 0, 0, 0, DAY] {
        head.extend(word.to_le_bytes());
    }
    head.extend(checksum(content).to_le_bytes());
    head.extend(size.to_le_bytes());
    head.extend(size.to_le_bytes());
    head.extend(name_size.to_le_bytes());
    head.extend([0; 2]);
    Ok(head)
}

fn number(of: usize) -> Result<u32, String> {
    u32::try_from(of).map_err(|_| format!("{of} bytes are too many for a zip archive"))
}

/// The format's CRC-32.
fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = !0_u32;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 0 { sum >> 1 } else { (sum >> 1) ^ 0xEDB8_8320 };
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    use super::{archive, checksum};

    #[test]
    fn the_checksum_is_the_formats() {
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
        assert_eq!(checksum(b""), 0);
    }

    #[test]
    fn an_archive_says_where_everything_is() {
        let files = [("a/b".to_owned(), b"hello".to_vec()), ("c".to_owned(), Vec::new())];
        let made = archive(&files).expect("two files");
        let end = &made[made.len() - 22..];
        assert_eq!(&end[..4], b"PK\x05\x06");
        assert_eq!(end[10], 2);
        let place = |at: usize| u32::from_le_bytes(end[at..at + 4].try_into().expect("four bytes")) as usize;
        let (size, start) = (place(12), place(16));
        assert_eq!(start + size + 22, made.len());
        assert_eq!(&made[start..start + 4], b"PK\x01\x02");
        assert_eq!(&made[30..38], b"a/bhello");
    }
}
