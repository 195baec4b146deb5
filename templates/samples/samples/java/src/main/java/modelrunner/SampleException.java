package modelrunner;

/** Something that the user can put right. */
final class SampleException extends Exception {
    private static final long serialVersionUID = 1L;

    SampleException(String message) {
        super(message);
    }

    SampleException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Escapes what a terminal would act upon: names in a model may hold anything. */
    static String printable(String text) {
        StringBuilder result = new StringBuilder();
        text.codePoints().forEach(c -> {
            boolean plain = switch (Character.getType(c)) {
                case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE,
                    Character.UNASSIGNED, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
                default -> true;
            };
            result.append(plain ? Character.toString(c) : String.format("\\u{%x}", c));
        });
        return result.toString();
    }
}
