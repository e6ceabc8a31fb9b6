;; SPDX-License-Identifier: MIT
;; Emacs, with a plain buffer, answers as `answers.py` describes.  -*- lexical-binding: t -*-

(require 'json)

(defconst target-slow-s (string-to-number (getenv "TARGET_SLOW_S")))
(defvar target-wanted nil)
(defvar target-asked "")
(defvar target-buffer (get-buffer-create "typed"))

(defun target-text ()
  (with-current-buffer target-buffer (buffer-substring-no-properties (point-min) (point-max))))

(defun target-answer (json)
  (process-send-string "answers" (concat json "\n")))

(defun target-changed (&rest _)
  (when (and target-wanted
             (with-current-buffer target-buffer (or (>= (buffer-size) target-wanted) (eq (char-before (point-max)) ?|))))
    (setq target-wanted nil)
    (target-answer (json-encode-string (target-text)))))

(defun target-handle (line)
  (cond ((string-match "^text \\([0-9]+\\)" line)
         (setq target-wanted (string-to-number (match-string 1 line)))
         (target-changed))
        ((string= line "clear")
         (with-current-buffer target-buffer (erase-buffer))
         (target-answer "\"\""))
        (t (target-answer (if (and (eq (window-buffer) target-buffer) (eq (frame-focus-state) t)) "true" "false")))))

(defun target-filter (_process data)
  (setq target-asked (concat target-asked data))
  (while (string-match "\n" target-asked)
    (let ((line (substring target-asked 0 (match-beginning 0))))
      (setq target-asked (substring target-asked (match-end 0)))
      (target-handle line))))

;; A plain text editor: neither Return nor Tab does more than insert itself.
(electric-indent-mode -1)
(setq auto-save-default nil
      frame-title-format (getenv "TARGET_TITLE"))
(switch-to-buffer target-buffer)
(buffer-disable-undo)
(local-set-key (kbd "TAB") #'self-insert-command)
(add-hook 'after-change-functions #'target-changed nil t)
(when (> target-slow-s 0)
  (add-hook 'pre-command-hook (lambda () (sleep-for target-slow-s))))
(make-network-process :name "answers" :family 'local :service (getenv "TARGET_SOCKET")
                      :coding 'utf-8-unix :filter #'target-filter :noquery t)
