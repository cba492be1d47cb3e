// The developer API in C++17: one header on libcurl and nlohmann-json.
//
//   g++ -std=c++17 main.cpp -lcurl
//
// Chat247 has one handle of libcurl: use one client per thread.
#pragma once

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdlib>
// Programs that print what came back write no include of their own for it.
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

/// The server refused, or could not be asked.
class Chat247Error : public std::runtime_error {
public:
    Chat247Error(const std::string& message, long status, std::string code, std::optional<double> retryAfter)
        : std::runtime_error(message), status_(status), code_(std::move(code)), retryAfter_(retryAfter) {}

    /// The HTTP status; 0 where there was no answer.
    long status() const noexcept { return status_; }
    /// The machine-readable code, such as "validation_failed"; empty where there is none.
    const std::string& code() const noexcept { return code_; }
    /// Seconds after which trying again makes sense, where the server said so.
    std::optional<double> retryAfter() const noexcept { return retryAfter_; }

private:
    long status_;
    std::string code_;
    std::optional<double> retryAfter_;
};

/// A client bound to one site's key.
class Chat247 {
public:
    /// Without an address: that of the environment's CHAT247_BASE_URL, or a server on this machine.
    explicit Chat247(std::string apiKey, std::string baseUrl = defaultBaseUrl())
        : apiKey_(std::move(apiKey)), baseUrl_(std::move(baseUrl)), handle_(open(), curl_easy_cleanup) {
        while (!baseUrl_.empty() && baseUrl_.back() == '/') baseUrl_.pop_back();
    }

    /// The site's configuration.
    nlohmann::json getSite() { return call("GET", "/site", std::nullopt); }

    /// Changes the given fields, all or none; gives the site as it is then. Takes JSON as a text or parsed.
    nlohmann::json updateSite(const char* fields) { return updateSite(std::string(fields)); }
    nlohmann::json updateSite(const std::string& fields) { return call("PATCH", "/site", fields); }
    nlohmann::json updateSite(const nlohmann::json& fields) { return updateSite(written(fields)); }

    /// {"snippet": …}: what to paste into every page.
    nlohmann::json getEmbed() { return call("GET", "/embed", std::nullopt); }

    /// A test chat: {"reply": …, "conversationId": …}. It reaches no inbox.
    nlohmann::json chat(const std::string& message, const std::string& conversationId = "") {
        nlohmann::json body = {{"message", message}};
        if (!conversationId.empty()) body["conversationId"] = conversationId;
        return call("POST", "/chat", written(body));
    }

private:
    /// Texts that are not UTF-8 cannot be JSON.
    static std::string written(const nlohmann::json& value) {
        try {
            return value.dump();
        } catch (const nlohmann::json::exception&) {
            throw Chat247Error("The text is not UTF-8.", 0, "", std::nullopt);
        }
    }

    struct Answer {
        long status = 0;
        std::string body;
        std::optional<double> retryAfter;
    };

    /// Tries of one call, the first included.
    static constexpr int kTries = 4;
    /// A server that wants a longer wait than this gets an error instead. Limits are counted by the minute.
    static constexpr double kLongestWait = 60.0;
    static constexpr long kConnectSeconds = 10;
    static constexpr long kSeconds = 150;

    static std::string defaultBaseUrl() {
        const char* named = std::getenv("CHAT247_BASE_URL");
        return named && *named ? named : "http://127.0.0.1:8080/api/v1";
    }

    static CURL* open() {
        // Once for the whole program; the standard makes the first use of a local static safe between threads.
        static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
        CURL* handle = ready == CURLE_OK ? curl_easy_init() : nullptr;
        if (!handle) throw Chat247Error("libcurl cannot be started.", 0, "", std::nullopt);
        return handle;
    }

    static std::size_t takeBody(char* bytes, std::size_t size, std::size_t count, void* answer) {
        static_cast<Answer*>(answer)->body.append(bytes, size * count);
        return size * count;
    }

    static std::size_t takeHeader(char* bytes, std::size_t size, std::size_t count, void* answer) {
        const std::string name = "retry-after:";
        std::string line(bytes, size * count);
        std::string start = line.substr(0, name.size());
        std::transform(start.begin(), start.end(), start.begin(), [](unsigned char c) { return std::tolower(c); });
        if (start == name) {
            const std::string value = line.substr(name.size());
            char* end = nullptr;
            const double seconds = std::strtod(value.c_str(), &end);
            if (end != value.c_str() && seconds >= 0) static_cast<Answer*>(answer)->retryAfter = seconds;
        }
        return size * count;
    }

    nlohmann::json call(const std::string& method, const std::string& path, const std::optional<std::string>& body) {
        // A key of its own, so that a repeated call creates nothing twice.
        const std::string key = method == "POST" ? randomKey() : "";
        for (int tried = 1;; ++tried) {
            const Answer answer = request(method, path, body, key);
            if (answer.status >= 200 && answer.status < 300) {
                if (answer.body.empty()) return nlohmann::json();
                nlohmann::json parsed = nlohmann::json::parse(answer.body, nullptr, false);
                if (parsed.is_discarded()) throw Chat247Error("The answer is not JSON.", answer.status, "", std::nullopt);
                return parsed;
            }
            const std::optional<double> wait = waitBeforeRetry(method, tried, answer);
            if (!wait) throw refusal(answer);
            std::this_thread::sleep_for(std::chrono::duration<double>(*wait));
        }
    }

    Answer request(
        const std::string& method, const std::string& path, const std::optional<std::string>& body, const std::string& key) {
        const auto append = [](curl_slist* list, const std::string& line) {
            curl_slist* longer = curl_slist_append(list, line.c_str());
            if (!longer) {
                curl_slist_free_all(list);
                throw std::bad_alloc();
            }
            return longer;
        };
        curl_slist* lines = append(nullptr, "X-API-Key: " + apiKey_);
        if (body) lines = append(lines, "Content-Type: application/json");
        if (!key.empty()) lines = append(lines, "Idempotency-Key: " + key);
        const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(lines, curl_slist_free_all);

        Answer answer;
        const std::string url = baseUrl_ + path;
        CURL* handle = handle_.get();
        // Forgets the last request's options and keeps its connection.
        curl_easy_reset(handle);
        curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method.c_str());
        curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
        curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
        curl_easy_setopt(handle, CURLOPT_TIMEOUT, kSeconds);
        curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, takeBody);
        curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer);
        curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, takeHeader);
        curl_easy_setopt(handle, CURLOPT_HEADERDATA, &answer);
        if (body) {
            curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body->c_str());
            curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
        }
        const CURLcode code = curl_easy_perform(handle);
        if (code != CURLE_OK) {
            Answer none;
            none.body = curl_easy_strerror(code);
            return none;
        }
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
        return answer;
    }

    // 429 means that the request was turned away before anything was done, so every call may be repeated after it. After 503
    // and after a connection that failed only those are repeated that do no harm twice.
    static std::optional<double> waitBeforeRetry(const std::string& method, int tried, const Answer& answer) {
        if (tried >= kTries) return std::nullopt;
        const bool failed = answer.status == 0 || answer.status == 503;
        if (answer.status != 429 && !(failed && method != "POST")) return std::nullopt;
        std::uniform_real_distribution<double> spread(1.0, 1.25);
        const double wait = answer.retryAfter ? *answer.retryAfter : 0.5 * (1 << (tried - 1)) * spread(generator());
        if (wait > kLongestWait) return std::nullopt;
        return wait;
    }

    static Chat247Error refusal(const Answer& answer) {
        if (answer.status == 0) return Chat247Error("The server did not answer: " + answer.body, 0, "", std::nullopt);
        const nlohmann::json parsed = nlohmann::json::parse(answer.body, nullptr, false);
        const auto text = [&parsed](const char* field) {
            if (!parsed.is_object() || !parsed.contains(field) || !parsed[field].is_string()) return std::string();
            return parsed[field].get<std::string>();
        };
        std::string message = text("message");
        if (message.empty()) message = "The server answered with status " + std::to_string(answer.status) + ".";
        return Chat247Error(message, answer.status, text("error"), answer.retryAfter);
    }

    static std::mt19937_64& generator() {
        thread_local std::mt19937_64 numbers{std::random_device{}()};
        return numbers;
    }

    static std::string randomKey() {
        std::random_device source;
        std::string key;
        for (int digit = 0; digit < 32; ++digit) key += "0123456789abcdef"[source() & 15];
        return key;
    }

    std::string apiKey_;
    std::string baseUrl_;
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle_;
};
