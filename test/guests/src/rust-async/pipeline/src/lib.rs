//! Writes texts to the splitter, and reads words from it, at the same time.
use cvm::pipes::words;
use wit_bindgen::StreamResult;

wit_bindgen::generate!({ path: "../wit", world: "pipeline" });

struct Pipeline;

impl Guest for Pipeline {
    async fn run(text: String, chunk: u32) -> Vec<String> {
        let (mut writer, reader) = wit_stream::new();
        let (mut words, total) = words::split(reader).await;
        wit_bindgen::spawn_local(async move {
            for piece in text.into_bytes().chunks(chunk.max(1) as usize) {
                if !writer.write_all(piece.to_vec()).await.is_empty() {
                    break; // nobody reads any more
                }
            }
        });
        let mut lines = Vec::new();
        while let Some(word) = words.next().await {
            lines.push(format!("{word}: {}", word.chars().count()));
            if word == "stop" {
                break;
            }
        }
        drop(words);
        lines.push(match total.await {
            Ok(total) => format!("{total} words"),
            Err(error) => format!("error: {error}"),
        });
        lines
    }

    async fn run_together(texts: Vec<String>) -> Vec<u32> {
        // All are begun before any is waited for.
        let mut begun = Vec::new();
        for text in texts {
            let (mut writer, reader) = wit_stream::new();
            let (words, total) = words::split(reader).await;
            wit_bindgen::spawn_local(async move {
                writer.write_all(text.into_bytes()).await;
            });
            wit_bindgen::spawn_local(async move {
                words.collect().await;
            });
            begun.push(total);
        }
        let mut totals = Vec::new();
        for total in begun {
            totals.push(total.await.unwrap_or(u32::MAX));
        }
        totals
    }

    async fn overflow(most: u32) -> (u32, u32) {
        let (mut writer, reader) = wit_stream::new();
        let write = async move {
            let mut taken = 0;
            loop {
                let (result, rest) = writer.write(vec![b'x'; 64]).await;
                taken += 64 - rest.remaining() as u32;
                if result == StreamResult::Dropped {
                    return taken;
                }
            }
        };
        futures_util::future::join(words::length(reader, most), write).await
    }
}

export!(Pipeline);
