//! Takes a text apart that comes as a stream of bytes: the words go out on a stream of their own while the text still
//! comes in, and a future tells how it ended.
use exports::cvm::pipes::words::Guest;
use wit_bindgen::{FutureReader, StreamReader};

wit_bindgen::generate!({ path: "../wit", world: "splitter" });

struct Splitter;

impl Guest for Splitter {
    async fn split(text: StreamReader<u8>) -> (StreamReader<String>, FutureReader<Result<u32, String>>) {
        let (mut words, words_reader) = wit_stream::new();
        let (total, total_reader) = wit_future::new(|| Err("dropped".to_string()));
        // Goes on when this call has returned.
        wit_bindgen::spawn_local(async move {
            let ended = pass_words(text, &mut words).await;
            drop(words);
            let _ = total.write(ended).await;
        });
        (words_reader, total_reader)
    }

    async fn length(mut text: StreamReader<u8>, most: u32) -> u32 {
        let mut length = 0;
        while length < most {
            let room = (most - length).min(100) as usize;
            let (result, bytes) = text.read(Vec::with_capacity(room)).await;
            length += bytes.len() as u32;
            if result == wit_bindgen::StreamResult::Dropped {
                break;
            }
        }
        length
    }
}

async fn pass_words(mut text: StreamReader<u8>, words: &mut wit_bindgen::StreamWriter<String>) -> Result<u32, String> {
    let mut word = Vec::new();
    let mut total = 0;
    loop {
        let (result, bytes) = text.read(Vec::with_capacity(7)).await;
        let ended = result == wit_bindgen::StreamResult::Dropped;
        for byte in bytes.iter().copied().chain(ended.then_some(b' ')) {
            if !byte.is_ascii_whitespace() {
                word.push(byte);
                continue;
            }
            if word.is_empty() {
                continue;
            }
            let text = String::from_utf8(std::mem::take(&mut word)).map_err(|e| e.to_string())?;
            if words.write_one(text).await.is_some() {
                return Err(format!("nobody wants more than {total} words"));
            }
            total += 1;
        }
        if ended {
            return Ok(total);
        }
    }
}

export!(Splitter);
