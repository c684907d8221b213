# PublishPostJob.set(wait_until: post.publish_at).perform_later(post.id, post.version)
class PublishPostJob < ApplicationJob
  def perform(post_id, version)
    post = Post.find(post_id)
    return if post.version != version # edited since: there is another job

    post.update!(published: true)
  end
end
